/**
 * The durable queue: {@link io.embedmta.store.journal.JournalQueue}.
 *
 * <h2>What lies in a spool</h2>
 *
 * <pre>
 * spool                            names the format, holds the salt of all checksums
 * lock                             locked by the owner
 * 0000000000000007.journal         a segment: frames, one behind the other
 * 0000000000000031.mail            the content of a large message, and nothing else
 * 0000000000000007-4711.damaged    octets that no frame could be read from, for somebody to look at
 * </pre>
 *
 * <p>A frame reaches the disk as a whole or counts for nothing. It holds records: what a message is
 * (its envelope, its trace fields, its content or the name of its large file), and what recipients
 * have come to (ended, or waiting with all there is to know). A record of a recipient says its
 * whole state, so the last one counts, and reading one twice does no harm.
 *
 * <h2>When a message is there</h2>
 *
 * <p>A message is in the queue from the instant that the sync returns which covers its frame; then
 * its session answers 250. It is over from the sync of the record that ends its last recipient. A
 * notice (DSN) and the record that ends the recipient it tells of are one frame, so neither is ever
 * there without the other (I2).
 *
 * <h2>What a crash may leave, and what opening does</h2>
 *
 * <p>M is the frame with the message, L its large content, E the records that end all of its
 * recipients, S the segment with M; {@code +} is durable, {@code -} is not there, {@code ?} may be
 * there in part. For a small message read L as {@code +}.
 *
 * <pre>
 *     L  M  E  S   how it comes to this                     what opening makes of it
 *  1  ?  -  -  +   content was coming in                    no 250 was said: L is deleted
 *  2  +  ?  -  +   M was being written                      whole: a message, as in 3; else no 250
 *                                                           was said: what is there of M is copied
 *                                                           aside and cut off, L is deleted
 *  3  +  +  -  +   in the queue; 250 may have been said     in the queue, as its last records say
 *  4  +  +  ?  +   an outcome was being written             whole: recorded; else tried once more:
 *                                                           the one way to a second delivery
 *  5  +  +  +  +   over                                     L is deleted; S goes when all is over
 *                                                           that is in it and before it
 *  6  -  +  +  +   L was deleted                            nothing
 *  7  -  -  +  -   S was deleted, E stands in a later one   E says nothing any more
 *  8  +  ++ -  ?   M was moved to the end, S was to go      the later M counts
 *  9  -  +  -  +   a damaged disk: L is gone or not whole   stays; cannot be read; bounces at last
 * 10  +  x  -  +   a damaged disk: M cannot be read,        copied aside and named; all whole
 *                  and whole frames stand behind it         frames behind it count
 * </pre>
 *
 * <p>Three orders make the table complete. L is durable, and so is its name, before M is written;
 * it is deleted after E is durable. E stands behind M, and segments are deleted oldest first, each
 * deletion durable before the next: so no M comes back without its E. M is moved by a frame that
 * holds all its recipients have come to, and S goes after that frame is durable.
 *
 * <h2>Why a second delivery cannot be excluded</h2>
 *
 * <p>Between the next server's 250 and the sync of the record that says so, there is an instant in
 * which only the next server knows (row 4). A crash then makes us try again. Nothing else is ever
 * repeated.
 *
 * <h2>What can be told apart</h2>
 *
 * <p>A frame names the place in its segment up to which all was durable before it was written. So a
 * damaged frame before that place was promised, and is an error of the disk (rows 9 and 10); one
 * behind it was being written when the machine stopped (row 2).
 *
 * <p>A failed sync is the end of the queue's work until the spool is opened anew: the kernel may
 * have dropped the pages, and a second sync that succeeds proves nothing. A full disk is not: what
 * was written of a refused frame is cut off at once, and messages are refused (452) before the last
 * room is used, which is kept for outcomes.
 */
@NullMarked
package io.embedmta.store.journal;

import org.jspecify.annotations.NullMarked;

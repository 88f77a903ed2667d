/**
 * Mailboxes as Maildirs: a directory a mailbox, a file a message, no locks. {@link
 * io.embedmta.store.maildir.Maildir} is the store.
 *
 * <p>Where a copy of a message can lie, and what a crash at that instant leaves behind. "+" is
 * there, "-" is not, "?" may be either after a power failure:
 *
 * <pre>
 *    tmp/  new/  cur/   after                        next attempt at the same message
 * 1   -     -     -     nothing                      delivers
 * 2   +     -     -     the file was made, written   delivers; the left-over file in tmp goes
 *                       or synced                    when it is 36 hours old
 * 3   ?     ?     -     the rename                   finds it, or delivers
 * 4   -     +     -     the sync of new/: delivered  finds it
 * 5   -     -     +     a mail reader took it over   finds it
 * 6   -     -     -     a mail reader removed it     delivers: a second copy
 * </pre>
 *
 * <p>State 4 is the instant of commit. A message is never seen in part, as it is complete and
 * synced before the rename. State 6 cannot be told from state 1: a message that was delivered, but
 * whose outcome did not reach the queue before a crash, and that was read and removed before the
 * engine came back, comes again. Losing none and repeating none at once is not to be had.
 */
@NullMarked
package io.embedmta.store.maildir;

import org.jspecify.annotations.NullMarked;

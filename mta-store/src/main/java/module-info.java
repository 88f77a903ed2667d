/**
 * Mail kept on disk: queue and mailboxes.
 *
 * <p>The name is not that of a package. {@code io.embedmta.store} would be the natural one, but
 * that package belongs to the core.
 */
module io.embedmta.storage {
    requires transitive io.embedmta.core;
    requires org.slf4j;

    exports io.embedmta.store.journal;
    exports io.embedmta.store.maildir;
}

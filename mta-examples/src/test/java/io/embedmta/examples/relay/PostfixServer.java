package io.embedmta.examples.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Postfix with mailboxes of its own, on 127.0.0.4. It takes mail for bob, cat, dots and many at
 * post.test, and says 450 for slow each time. It has ended when {@link #close} returns.
 */
public final class PostfixServer implements AutoCloseable {
    public static final String ADDRESS = "127.0.0.4";

    /** The largest message it takes, in octets. */
    static final int MESSAGE_SIZE_LIMIT = 1_000_000;

    private static final String MAIN =
            """
            myhostname = postfix.test
            mynetworks =
            smtpd_relay_restrictions = reject_unauth_destination
            smtpd_recipient_restrictions =
                check_recipient_access inline:{ { slow@post.test = 450 4.2.0 come again } }
            virtual_mailbox_domains = post.test
            virtual_mailbox_base = %1$s/mail
            virtual_mailbox_maps = inline:{
                { bob@post.test = bob/ } { cat@post.test = cat/ } { dots@post.test = dots/ }
                { many@post.test = many/ } { slow@post.test = slow/ } }
            virtual_minimum_uid = 1
            virtual_uid_maps = static:%2$s
            virtual_gid_maps = static:%3$s
            message_size_limit = %4$d
            """;

    private final Path mail;
    private final PostfixInstance postfix;

    private PostfixServer(Path mail, PostfixInstance postfix) {
        this.mail = mail;
        this.postfix = postfix;
    }

    /**
     * Starts it, and returns when it listens; skips the test where that is not possible.
     *
     * @param more lines of its main configuration
     */
    public static PostfixServer start(String... more) throws IOException, InterruptedException {
        return start(Map.of(), more);
    }

    /**
     * The same, for what is configured by files of their own.
     *
     * @param files their content by their names, within its directory of configuration
     * @param more lines of its main configuration
     */
    public static PostfixServer start(Map<String, String> files, String... more)
            throws IOException, InterruptedException {
        PostfixInstance.assumePossible();
        Path directory = PostfixInstance.newDirectory();
        Path mail = Files.createDirectory(directory.resolve("mail"));
        PostfixInstance.own(mail);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = directory.resolve("config").resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        String main =
                MAIN.formatted(
                        directory,
                        PostfixInstance.id("-u"),
                        PostfixInstance.id("-g"),
                        MESSAGE_SIZE_LIMIT);
        return new PostfixServer(
                mail,
                PostfixInstance.start(
                        directory,
                        ADDRESS,
                        main + String.join("\n", more) + "\n",
                        "virtual unix - n n - - virtual\n"));
    }

    public int port() {
        return postfix.port();
    }

    /** Waits for a line of its log that holds all of these. */
    public String awaitLog(String... parts) throws InterruptedException {
        return postfix.awaitLog(parts);
    }

    /** The messages in a mailbox; Postfix writes a message's lines with a mere LF. */
    public List<byte[]> mailbox(String name) throws IOException {
        List<byte[]> messages = new ArrayList<>();
        try (Stream<Path> files = Files.list(mail.resolve(name + "/new"))) {
            for (Path file : files.toList()) {
                messages.add(Files.readAllBytes(file));
            }
        }
        return messages;
    }

    @Override
    public void close() throws IOException {
        postfix.close();
    }
}

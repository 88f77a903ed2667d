package io.embedmta.examples.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.examples.relay.Programs;
import io.embedmta.testing.FakeMail;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A Java without the module {@code jdk.httpserver}, as in an application's own image. */
class ViewModuleIT {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** Starts a fake server, and one with a view. */
    static final class Application {
        private Application() {}

        public static void main(String[] args) {
            try (FakeMail mail = FakeMail.start()) {
                System.out.println("started " + (mail.port() > 0));
            }
            try (FakeMail mail = FakeMail.builder().view().start()) {
                System.out.println(mail.viewUri());
            }
        }
    }

    @Test
    void view_withoutItsModule_saysWhatToDo_andNothingElseNeedsIt() throws Exception {
        Programs.Ended ended =
                Programs.execute(
                        JAVA,
                        "--limit-modules",
                        "java.base,java.desktop,java.logging,java.naming",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Application.class.getName());
        assertEquals(1, ended.exit(), ended.output());
        assertTrue(ended.output().contains("started true"), ended.output());
        assertTrue(
                ended.output()
                        .contains(
                                "The view wants the module jdk.httpserver: run with --add-modules"
                                        + " jdk.httpserver."),
                ended.output());
    }
}

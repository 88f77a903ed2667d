package io.embedmta.examples.catcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.embedmta.examples.relay.Programs;
import io.embedmta.examples.relay.Programs.Ended;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The catcher's jar as its users run it, between programs that know nothing of Java. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CatcherIT {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final String JAR =
            Path.of("target", "mta-catcher.jar").toAbsolutePath().toString();

    /** Python's own client, which verifies the server if it is given an authority. */
    private static final String SEND =
            """
            import smtplib, ssl, sys
            port, mode, authority, subject = sys.argv[1:]
            if mode == 'implicit':
                client = smtplib.SMTP_SSL('localhost', int(port), timeout=30,
                    context=ssl.create_default_context(cafile=authority))
            else:
                client = smtplib.SMTP('localhost', int(port), timeout=30)
            if mode == 'starttls':
                client.starttls(context=ssl.create_default_context(cafile=authority))
                client.login('ann', 'a:secret')
            client.sendmail('app@example.org', ['bob@example.org', 'eve@example.org'],
                'Subject: ' + subject + '\\r\\n\\r\\nYour code is 314159.\\r\\n')
            client.quit()
            """;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    /** Where a catcher takes mail, and where it shows it. */
    private record Catcher(Process process, String smtpPort, String view) {}

    private Catcher start(String... options) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(JAVA, "-jar", JAR, "--smtp", "0", "--http", "0"));
        command.addAll(List.of(options));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        processes.add(process);
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String ready = String.valueOf(out.readLine());
        assertTrue(
                ready.matches("ready smtp=127\\.0\\.0\\.1:\\d+ http=http://127\\.0\\.0\\.1:\\d+/"),
                ready);
        int http = ready.indexOf(" http=");
        return new Catcher(
                process,
                ready.substring(ready.indexOf(':') + 1, http),
                ready.substring(http + " http=".length()));
    }

    private static void send(Catcher to, String mode, String authority, String subject)
            throws Exception {
        Programs.run(
                Programs.require("python3"), "-c", SEND, to.smtpPort(), mode, authority, subject);
    }

    private static JsonNode curl(Catcher from, String path) throws Exception {
        String json = Programs.run(Programs.require("curl"), "-sSf", from.view() + path);
        return new ObjectMapper().readTree(json);
    }

    @Test
    void mailOfAnotherLanguage_isShown() throws Exception {
        Catcher catcher = start();
        send(catcher, "plain", "", "by Python");
        JsonNode found = curl(catcher, "messages?to=bob@*&subject=Python&wait=30");
        assertEquals(1, found.size());
        JsonNode whole = curl(catcher, "messages/" + found.get(0).get("id").asText());
        assertEquals(2, whole.get("to").size());
        assertEquals("314159", whole.get("codes").get(0).asText());
    }

    @Test
    void oldest_isForgotten() throws Exception {
        Catcher catcher = start("--keep", "2");
        for (String subject : List.of("first", "second", "third")) {
            send(catcher, "plain", "", subject);
        }
        assertEquals(
                List.of("second", "third"), curl(catcher, "messages").findValuesAsText("subject"));
    }

    @Test
    void tlsAndUsers_areWhatTheClientVerifies(@TempDir Path folder) throws Exception {
        String authority = folder.resolve("ca.pem").toString();
        Catcher catcher = start("--tls", "--ca", authority, "--user", "ann:a:secret");
        send(catcher, "starttls", authority, "secure");
        JsonNode listed = curl(catcher, "messages").get(0);
        JsonNode whole = curl(catcher, "messages/" + listed.get("id").asText());
        assertEquals("ann", whole.get("user").asText());
        assertTrue(whole.get("tls").get("protocol").asText().startsWith("TLSv1."));

        Catcher implicit = start("--implicit-tls", "--ca", authority);
        send(implicit, "implicit", authority, "from the first octet");
        assertEquals(1, curl(implicit, "messages").size());
    }

    @Test
    void process_thatIsToldToStop_stops() throws Exception {
        Catcher catcher = start();
        catcher.process().destroy();
        assertTrue(catcher.process().waitFor(30, TimeUnit.SECONDS), "it did not stop");
        assertEquals(128 + 15, catcher.process().exitValue());
    }

    @ParameterizedTest
    @CsvSource({
        "--smtp, x, --smtp takes a number of 0 to 65535",
        "--http, 65536, --http takes a number of 0 to 65535",
        "--keep, 0, --keep takes a number of 1",
        "--ca, x, --ca wants --tls",
        "--user, secret, --user takes NAME:PASSWORD",
        "--smtp, '', --smtp takes a number",
        "--color, x, unknown option --color; see --help"
    })
    void wrongOption_isExplained(String option, String value, String sentence) throws Exception {
        Ended ended = Programs.execute(JAVA, "-jar", JAR, option, value);
        assertEquals(2, ended.exit());
        assertTrue(ended.output().startsWith("mta-catcher: " + sentence), ended.output());
        assertEquals(1, ended.output().lines().count(), "one line, no stack trace");
    }

    @Test
    void takenPorts_areNamed() throws Exception {
        Catcher first = start();
        Ended smtp = Programs.execute(JAVA, "-jar", JAR, "--smtp", first.smtpPort());
        assertEquals(2, smtp.exit());
        assertTrue(smtp.output().contains(first.smtpPort()), smtp.output());
        String port = first.view().substring(first.view().lastIndexOf(":") + 1).replace("/", "");
        Ended http = Programs.execute(JAVA, "-jar", JAR, "--smtp", "0", "--http", port);
        assertEquals(2, http.exit());
        assertTrue(http.output().contains("cannot listen on port " + port), http.output());
    }

    @Test
    void help_isPrinted() throws Exception {
        assertTrue(
                Programs.run(JAVA, "-jar", JAR, "--help").contains("Usage: java -jar mta-catcher"));
        Ended missing = Programs.execute(JAVA, "-jar", JAR, "--smtp");
        assertTrue(missing.output().contains("--smtp takes a value"), missing.output());
    }
}

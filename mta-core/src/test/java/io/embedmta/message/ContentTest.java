package io.embedmta.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentTest {
    private static final Session SESSION = Session.getInstance(new Properties());

    @Test
    void array_isCopiedAndOpenedOftenEnough() throws Exception {
        byte[] bytes = {1, 0, -1, 13, 10};
        Content content = Content.of(bytes);
        bytes[0] = 9;
        for (int i = 0; i < 2; i++) {
            assertArrayEquals(new byte[] {1, 0, -1, 13, 10}, read(content));
        }
        assertEquals(5, content.size());
    }

    @Test
    void text_isUtf8() throws Exception {
        Content content = Content.of("\u5b66\n");
        assertEquals(4, content.size());
        assertEquals("\u5b66\n", text(content));
    }

    @Test
    void file_isReadWhereItLies(@TempDir Path dir) throws Exception {
        Path file = Files.write(dir.resolve("m"), new byte[] {0, -128, 127});
        Content content = Content.of(file);
        assertEquals(3, content.size());
        assertArrayEquals(new byte[] {0, -128, 127}, read(content));
        assertArrayEquals(new byte[] {0, -128, 127}, read(content));
        Files.delete(file);
        assertThrows(NoSuchFileException.class, content::open);
        assertThrows(NoSuchFileException.class, () -> Content.of(file));
    }

    @Test
    void mimeMessage_losesTheFieldsThatOthersMustNotSee() throws Exception {
        MimeMessage message = new MimeMessage(SESSION);
        message.setFrom(new InternetAddress("a@x.example"));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress("b@y.example"));
        message.setRecipient(Message.RecipientType.BCC, new InternetAddress("secret@z.example"));
        message.setHeader("Resent-Bcc", "secret@z.example");
        message.setHeader("Return-Path", "<other@x.example>");
        message.setHeader("Content-Length", "1");
        message.setText("hello\r\n");
        Content content = Content.of(message);
        String text = text(content);
        assertFalse(text.contains("secret"), text);
        assertFalse(text.contains("Return-Path"), text);
        assertFalse(text.contains("Content-Length"), text);
        assertTrue(text.contains("To: b@y.example\r\n"), text);
        assertTrue(text.endsWith("\r\n\r\nhello\r\n"), text);
        assertEquals(text.length(), content.size());
        assertEquals("secret@z.example", message.getHeader("Bcc", null));
    }

    @Test
    void mimeMessageWithoutContent_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> Content.of(new MimeMessage(SESSION)));
    }

    private static byte[] read(Content content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        content.writeTo(out);
        try (InputStream in = content.open()) {
            assertArrayEquals(out.toByteArray(), in.readAllBytes());
        }
        return out.toByteArray();
    }

    private static String text(Content content) throws IOException {
        return new String(read(content), StandardCharsets.UTF_8);
    }
}

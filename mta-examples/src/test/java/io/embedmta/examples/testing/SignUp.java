package io.embedmta.examples.testing;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.Properties;

/** The application under test: it sends mail by Jakarta Mail, and knows nothing of us. */
final class SignUp {
    private final Session session;

    SignUp(Properties properties) {
        this.session = Session.getInstance(properties);
    }

    void signUp(String address) throws MessagingException {
        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress("app@example.org"));
        message.setRecipients(Message.RecipientType.TO, address);
        message.setSubject("Welcome");
        message.setText("Your code is 271828: https://app.example.org/confirm?code=271828");
        Transport.send(message);
    }
}

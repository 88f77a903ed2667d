package io.embedmta.testing;

import jakarta.mail.Authenticator;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** How clients are told to send to a fake server, in the words of each. */
final class ClientProperties {
    /** Of the bundle that holds whom Spring Boot is to trust. */
    private static final String BUNDLE = "fakemail";

    private final String host;
    private final String port;
    private final FakeMailBuilder settings;
    private final @Nullable FakeIdentity identity;

    ClientProperties(
            String host, int port, FakeMailBuilder settings, @Nullable FakeIdentity identity) {
        this.host = host;
        this.port = Integer.toString(port);
        this.settings = settings;
        this.identity = identity;
    }

    /** For Jakarta Mail. */
    Properties properties() {
        Properties properties = new Properties();
        properties.put("mail.transport.protocol", "smtp");
        properties.put("mail.smtp.host", host);
        properties.put("mail.smtp.port", port);
        properties.putAll(tls());
        if (identity != null) {
            properties.put(
                    "mail.smtp.ssl.socketFactory", identity.clientContext().getSocketFactory());
            if (settings.implicitTls) {
                properties.put("mail.smtp.ssl.enable", "true");
            }
        }
        settings.firstUser()
                .ifPresent(
                        user -> {
                            properties.put("mail.smtp.auth", "true");
                            properties.put("mail.smtp.user", user);
                        });
        return properties;
    }

    private Map<String, String> tls() {
        if (identity == null) {
            return Map.of();
        }
        return settings.implicitTls
                ? Map.of("mail.smtp.ssl.checkserveridentity", "true")
                : Map.of(
                        "mail.smtp.ssl.checkserveridentity",
                        "true",
                        "mail.smtp.starttls.enable",
                        "true",
                        "mail.smtp.starttls.required",
                        "true");
    }

    /** For Spring Boot, whose bundles of TLS take a certificate as text. */
    Map<String, String> springProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("spring.mail.host", host);
        properties.put("spring.mail.port", port);
        tls().forEach((name, value) -> properties.put("spring.mail.properties." + name, value));
        if (identity != null) {
            properties.put(
                    "spring.ssl.bundle.pem." + BUNDLE + ".truststore.certificate",
                    identity.authorityPem());
            properties.put("spring.mail.ssl.bundle", BUNDLE);
            // Means TLS from the first octet.
            properties.put("spring.mail.ssl.enabled", Boolean.toString(settings.implicitTls));
        }
        settings.firstUser()
                .ifPresent(
                        user -> {
                            properties.put("spring.mail.username", user);
                            properties.put("spring.mail.password", password(user));
                            properties.put("spring.mail.properties.mail.smtp.auth", "true");
                        });
        return properties;
    }

    /** A session that logs in as the first user, if there are users. */
    Session session() {
        Optional<String> user = settings.firstUser();
        if (user.isEmpty()) {
            return Session.getInstance(properties());
        }
        PasswordAuthentication login = new PasswordAuthentication(user.get(), password(user.get()));
        return Session.getInstance(
                properties(),
                new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        return login;
                    }
                });
    }

    private String password(String user) {
        return settings.passwords.getOrDefault(user, "");
    }
}

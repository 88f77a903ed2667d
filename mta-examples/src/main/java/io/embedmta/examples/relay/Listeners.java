package io.embedmta.examples.relay;

import io.embedmta.auth.UserFile;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import io.embedmta.tls.Tls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The ways for mail to come in: from other servers, and from users. */
final class Listeners {
    private Listeners() {}

    static List<SmtpListener> of(RelayOptions options, SmtpLimits limits) {
        List<SmtpListener> all = new ArrayList<>();
        for (InetSocketAddress address : options.listen()) {
            SmtpListener plain =
                    SmtpListener.on(address)
                            .relayFrom(options.relayFrom().toArray(String[]::new))
                            .limits(limits);
            all.add(options.certificate().isPresent() ? plain.tls(tls(options)) : plain);
        }
        for (InetSocketAddress address : options.submission()) {
            all.add(forUsers(options, address, limits).tls(tls(options)));
        }
        for (InetSocketAddress address : options.submissions()) {
            all.add(forUsers(options, address, limits).implicitTls(tls(options)));
        }
        return all;
    }

    private static SmtpListener forUsers(
            RelayOptions options, InetSocketAddress address, SmtpLimits limits) {
        UserFile users =
                OptionValues.readable("--users", options.users().orElseThrow(), UserFile::at);
        return SmtpListener.on(address).limits(limits).authenticate(users).submission();
    }

    private static Tls tls(RelayOptions options) {
        Path key = options.key().orElseThrow();
        return OptionValues.readable(
                "--tls-cert", options.certificate().orElseThrow(), chain -> Tls.pem(chain, key));
    }

    /** As the ready line has them; the agent gives the addresses in the order of its listeners. */
    static String names(RelayOptions options, List<InetSocketAddress> addresses) {
        StringBuilder line = new StringBuilder();
        int users = options.listen().size();
        int implicit = users + options.submission().size();
        for (int i = 0; i < addresses.size(); i++) {
            String name = i < users ? "smtp" : i < implicit ? "submission" : "submissions";
            line.append(i == 0 ? "" : " ").append(name).append('=');
            line.append(HostAndPort.of(addresses.get(i)));
        }
        return line.toString();
    }
}

package io.embedmta.examples.relay;

import io.embedmta.auth.UserFile;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import io.embedmta.tls.Tls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The ways for mail to come in: from other servers, and from users. */
final class Listeners {
    private Listeners() {}

    /** The files are read once, and shared. */
    static List<SmtpListener> of(RelayOptions options, SmtpLimits limits) {
        Optional<Tls> tls = tls(options);
        Optional<UserFile> users =
                options.users().map(file -> OptionValues.readable("--users", file, UserFile::at));
        List<SmtpListener> all = new ArrayList<>();
        for (InetSocketAddress address : options.listen()) {
            SmtpListener plain =
                    SmtpListener.on(address)
                            .relayFrom(options.relayFrom().toArray(String[]::new))
                            .limits(limits);
            all.add(tls.map(plain::tls).orElse(plain));
        }
        for (InetSocketAddress address : options.submission()) {
            all.add(forUsers(users.orElseThrow(), address, limits).tls(tls.orElseThrow()));
        }
        for (InetSocketAddress address : options.submissions()) {
            all.add(forUsers(users.orElseThrow(), address, limits).implicitTls(tls.orElseThrow()));
        }
        return all;
    }

    private static SmtpListener forUsers(
            UserFile users, InetSocketAddress address, SmtpLimits limits) {
        return SmtpListener.on(address).limits(limits).authenticate(users).submission();
    }

    private static Optional<Tls> tls(RelayOptions options) {
        return options.certificate()
                .map(
                        file -> {
                            Path key = options.key().orElseThrow();
                            return OptionValues.readable(
                                    "--tls-cert", file, chain -> Tls.pem(chain, key));
                        });
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

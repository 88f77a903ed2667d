package io.embedmta.dns.tlsrpt;

import java.util.ArrayList;
import java.util.List;

/** The TXT record that says where reports of a domain go (RFC 8460 §3). */
final class ReportRecord {
    private static final String START = "v=TLSRPTv1;";
    private static final String RUA = "rua=";

    /** More would let one record send us far and wide. */
    private static final int MAX_TARGETS = 5;

    private ReportRecord() {}

    /**
     * Where reports go; empty if the domain wants none, or the records are not as they should be.
     *
     * @param texts the TXT records of {@code _smtp._tls.<domain>}
     */
    static List<ReportTarget> targets(List<String> texts) {
        List<String> records = texts.stream().filter(text -> text.startsWith(START)).toList();
        if (records.size() != 1) {
            return List.of();
        }
        for (String field : records.get(0).substring(START.length()).split(";", -1)) {
            if (field.strip().startsWith(RUA)) {
                return read(field.strip().substring(RUA.length()));
            }
        }
        return List.of();
    }

    /** URIs parted by commas; a comma within one is encoded. What we cannot use is left out. */
    private static List<ReportTarget> read(String uris) {
        List<ReportTarget> targets = new ArrayList<>();
        for (String uri : uris.split(",", -1)) {
            ReportTarget.of(uri.strip())
                    .filter(target -> !targets.contains(target) && targets.size() < MAX_TARGETS)
                    .ifPresent(targets::add);
        }
        return List.copyOf(targets);
    }
}

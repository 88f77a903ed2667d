package io.embedmta.dns;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/** Sets of records, together with their signatures. */
final class SignedSets {
    private SignedSets() {}

    /** Those of a type, as a new list. */
    static List<Record> ofType(List<Record> all, int type, Predicate<Name> owner) {
        List<Record> records = new ArrayList<>();
        for (Record record : all) {
            if (record.getRRsetType() == type && owner.test(record.getName())) {
                records.add(record);
            }
        }
        return records;
    }
}

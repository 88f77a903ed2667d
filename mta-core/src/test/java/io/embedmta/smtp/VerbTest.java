package io.embedmta.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerbTest {

    @ParameterizedTest
    @EnumSource
    void verb_inAnyCase_isFound(Verb verb) {
        assertEquals(Optional.of(verb), Verb.of(verb.name()));
        assertEquals(Optional.of(verb), Verb.of(verb.name().toLowerCase(Locale.ROOT)));
        assertEquals(
                Optional.of(verb),
                Verb.of(verb.name().charAt(0) + verb.name().substring(1).toLowerCase(Locale.ROOT)));
    }

    /** The long s and the dotless i are letters that Java folds to S and I. */
    @ParameterizedTest
    @ValueSource(strings = {"", "MAI", "MAILS", " MAIL", "MAIL ", "XFOO", "R\u017fET", "MA\u0131L"})
    void verb_unknown_isEmpty(String name) {
        assertEquals(Optional.empty(), Verb.of(name));
    }
}

package io.embedmta.testing;

import io.embedmta.auth.AuthAnswer;
import io.embedmta.auth.Authenticator;
import io.embedmta.auth.Identity;
import io.embedmta.auth.Users;
import java.util.Map;

/** Who may log in to a fake server. */
final class FakeUsers {
    private FakeUsers() {}

    /**
     * Knows these users.
     *
     * @param any whether to take any name with any password instead
     */
    static Authenticator of(Map<String, String> passwords, boolean any) {
        if (any) {
            return Authenticator.ofPasswords(
                    (name, password) -> AuthAnswer.accepted(new Identity(name)));
        }
        Users users = Users.of();
        for (Map.Entry<String, String> each : passwords.entrySet()) {
            users = users.with(each.getKey(), each.getValue());
        }
        return users;
    }
}

package io.embedmta.testing;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What {@link MailTest} stands for; not for use by itself. A server lives in the context of its
 * test, or, if it is shared, in that of the class that bears the annotation; whose end is its end.
 */
// Who has JUnit reads these signatures; who has not, needs none.
@SuppressWarnings("exports")
public final class MailExtension
        implements ParameterResolver,
                BeforeAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                AfterAllCallback {
    private static final Namespace NAMESPACE = Namespace.create(MailExtension.class);
    private static final String OWN = "own";
    private static final String SHARED = "shared";
    private static final String NOBODY = "";

    /**
     * A server of a whole class.
     *
     * @param running the test that has it now, by its unique id
     */
    private record Shared(FakeMail mail, AtomicReference<String> running) {}

    /** For JUnit. */
    public MailExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == FakeMail.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        MailTest settings = settings(context);
        if (settings.shared()) {
            return shared(context, settings).mail();
        }
        Executable asking = parameter.getDeclaringExecutable();
        if (context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException(
                    "Each test has a FakeMail of its own, and "
                            + asking
                            + " runs before any: ask for it in the test or in @BeforeEach, or say"
                            + " @MailTest(shared = true).");
        }
        FakeMail own = store(context).get(OWN, FakeMail.class);
        if (own == null) {
            own = start(settings);
            store(context).put(OWN, own);
        }
        return own;
    }

    /** Made before all tests, on one thread. */
    private static Shared shared(ExtensionContext context, MailTest settings) {
        Store store = store(owner(context));
        Shared shared = store.get(SHARED, Shared.class);
        if (shared == null) {
            shared = new Shared(start(settings), new AtomicReference<>(NOBODY));
            store.put(SHARED, shared);
        }
        return shared;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        MailTest settings = settings(context);
        if (settings.shared()) {
            shared(context, settings);
        }
    }

    private static FakeMail start(MailTest settings) {
        FakeMailBuilder builder = FakeMail.builder();
        if (settings.implicitTls()) {
            builder.implicitTls();
        } else if (settings.tls()) {
            builder.tls();
        }
        for (String user : settings.users()) {
            int colon = user.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException(
                        "Give each user of @MailTest as \"name:password\".");
            }
            builder.user(user.substring(0, colon), user.substring(colon + 1));
        }
        if (settings.anyUser()) {
            builder.anyUser();
        }
        return builder.start();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        MailTest settings = settings(context);
        if (!settings.shared()) {
            return;
        }
        Shared shared = shared(context, settings);
        if (!shared.running().compareAndSet(NOBODY, context.getUniqueId())) {
            throw new IllegalStateException(
                    "Tests that share a FakeMail see each other's mail when they run in parallel:"
                            + " leave out shared = true, or say"
                            + " @Execution(ExecutionMode.SAME_THREAD).");
        }
        shared.mail().beginTest();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        boolean failed = context.getExecutionException().isPresent();
        MailTest settings = settings(context);
        if (settings.shared()) {
            Shared shared = shared(context, settings);
            if (shared.running().compareAndSet(context.getUniqueId(), NOBODY)) {
                shared.mail().endTest(failed);
            }
            return;
        }
        Optional.ofNullable(store(context).remove(OWN, FakeMail.class))
                .ifPresent(mail -> mail.end(failed));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Optional.ofNullable(store(context).remove(SHARED, Shared.class))
                .ifPresent(shared -> shared.mail().close());
    }

    private static Store store(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }

    private static MailTest settings(ExtensionContext context) {
        ExtensionContext bearer = owner(context);
        MailTest settings =
                annotation(bearer)
                        .orElseThrow(
                                () -> new IllegalStateException("There is no @MailTest here."));
        if (settings.shared() && bearer.getTestMethod().isPresent()) {
            throw new IllegalStateException(
                    "A method shares its FakeMail with no other: leave out shared = true, or put"
                            + " @MailTest on the class.");
        }
        return settings;
    }

    /** The context of what bears the annotation. */
    private static ExtensionContext owner(ExtensionContext context) {
        return annotated(context).orElse(context);
    }

    /** The closest of the contexts from here up that bears the annotation. */
    private static Optional<ExtensionContext> annotated(ExtensionContext context) {
        Optional<ExtensionContext> current = Optional.of(context);
        while (current.isPresent() && annotation(current.get()).isEmpty()) {
            current = current.get().getParent();
        }
        return current;
    }

    private static Optional<MailTest> annotation(ExtensionContext context) {
        Optional<AnnotatedElement> element = context.getElement();
        return element.flatMap(bearer -> AnnotationSupport.findAnnotation(bearer, MailTest.class));
    }
}

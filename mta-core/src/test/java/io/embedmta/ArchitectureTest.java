package io.embedmta;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import org.jspecify.annotations.NullMarked;

/**
 * The direction of imports: facade, then internal, then the interfaces to plug parts into, then
 * message, then smtp and tls, then internal.files, which knows nothing of ours. Rules about
 * packages that are not there are allowed to find nothing.
 */
@AnalyzeClasses(packages = "io.embedmta", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String SMTP = "io.embedmta.smtp..";
    private static final String MESSAGE = "io.embedmta.message..";
    private static final String TLS = "io.embedmta.tls..";
    private static final String INTERNAL = "io.embedmta.internal..";

    /** Below everything: values that are read from files, and of which kind it does not know. */
    private static final String FILES = "io.embedmta.internal.files..";

    private static final DescribedPredicate<JavaClass> OURS = resideInAPackage("io.embedmta..");

    /** What an application implements or is handed: it stands on the values alone. */
    private static final String[] SPI = {
        "io.embedmta.auth..",
        "io.embedmta.listener..",
        "io.embedmta.filter..",
        "io.embedmta.queue..",
        "io.embedmta.resolver..",
        "io.embedmta.route..",
        "io.embedmta.store..",
        "io.embedmta.event.."
    };

    /** What an application starts from; these may see everything. */
    private static final String[] FACADE = {
        "io.embedmta", "io.embedmta.jakarta..", "io.embedmta.testing.."
    };

    @ArchTest
    static final ArchRule files_knowNothingOfOurs =
            noClasses()
                    .that()
                    .resideInAPackage(FILES)
                    .should()
                    .dependOnClassesThat(OURS.and(not(resideInAPackage(FILES))));

    @ArchTest
    static final ArchRule tls_knowsNothingOfOurs_butFiles =
            noClasses()
                    .that()
                    .resideInAPackage(TLS)
                    .should()
                    .dependOnClassesThat(OURS.and(not(resideInAnyPackage(TLS, FILES))));

    @ArchTest
    static final ArchRule smtp_knowsNothingOfOurs =
            noClasses()
                    .that()
                    .resideInAPackage(SMTP)
                    .should()
                    .dependOnClassesThat(OURS.and(not(resideInAPackage(SMTP))));

    @ArchTest
    static final ArchRule message_knowsSmtpAlone =
            noClasses()
                    .that()
                    .resideInAPackage(MESSAGE)
                    .should()
                    .dependOnClassesThat(OURS.and(not(resideInAnyPackage(SMTP, TLS, MESSAGE))));

    @ArchTest
    static final ArchRule spi_knowsNoFacade =
            noClasses()
                    .that()
                    .resideInAnyPackage(SPI)
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(FACADE));

    /** The listener of SMTP is made from the session, and named where listeners are. */
    @ArchTest
    static final ArchRule spi_knowsNothingInternalButFiles_butTheSmtpListenerItsSession =
            noClasses()
                    .that(
                            resideInAnyPackage(SPI)
                                    .and(
                                            not(
                                                    resideInAPackage("io.embedmta.listener..")
                                                            .and(
                                                                    simpleNameStartingWith(
                                                                            "SmtpListener")))))
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage(INTERNAL).and(not(resideInAPackage(FILES))));

    @ArchTest
    static final ArchRule smtpListener_knowsOfInternalsItsSessionAlone =
            noClasses()
                    .that()
                    .resideInAPackage("io.embedmta.listener..")
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage(INTERNAL)
                                    .and(not(resideInAPackage("io.embedmta.internal.session.."))));

    @ArchTest
    static final ArchRule internal_knowsNoFacade =
            noClasses()
                    .that()
                    .resideInAPackage(INTERNAL)
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(FACADE))
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule wire_knowsSmtpAlone =
            noClasses()
                    .that()
                    .resideInAPackage("io.embedmta.internal.wire..")
                    .should()
                    .dependOnClassesThat(
                            OURS.and(not(resideInAnyPackage(SMTP, "io.embedmta.internal.wire.."))))
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule session_neverSeesDelivery =
            noClasses()
                    .that()
                    .resideInAPackage("io.embedmta.internal.session..")
                    .should()
                    .dependOnClassesThat(resideInAPackage("io.embedmta.internal.delivery.."))
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule delivery_neverSeesSession =
            noClasses()
                    .that()
                    .resideInAPackage("io.embedmta.internal.delivery..")
                    .should()
                    .dependOnClassesThat(resideInAPackage("io.embedmta.internal.session.."))
                    .allowEmptyShould(true);

    /** Listener and session know each other by nature; the rules above hold them otherwise. */
    @ArchTest
    static final ArchRule packages_haveNoCycles =
            slices().matching("io.embedmta.(**)")
                    .should()
                    .beFreeOfCycles()
                    .ignoreDependency(
                            resideInAPackage("io.embedmta.listener"),
                            resideInAPackage("io.embedmta.internal.session"));

    @ArchTest
    static final ArchRule junit_isForTestingAlone =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.embedmta.testing..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.junit..", "junit..", "org.opentest4j..");

    @ArchTest
    static final ArchRule logging_isBySlf4j =
            GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

    @ArchTest
    static final ArchRule standardStreams_areTheApplications =
            GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    @ArchTest
    static final ArchRule jvm_isTheApplications =
            noClasses()
                    .should()
                    .callMethod(System.class, "exit", int.class)
                    .orShould()
                    .callMethod(Runtime.class, "exit", int.class)
                    .orShould()
                    .callMethod(Runtime.class, "halt", int.class);

    /** A monitor pins a virtual thread to its carrier; synchronized blocks are beyond this rule. */
    @ArchTest
    static final ArchRule methods_lockByReentrantLock =
            methods().should().notHaveModifier(JavaModifier.SYNCHRONIZED);

    @ArchTest
    static final ArchRule packages_areNullMarked =
            classes()
                    .should(
                            new ArchCondition<JavaClass>("stand in a @NullMarked package") {
                                @Override
                                public void check(JavaClass item, ConditionEvents events) {
                                    boolean marked =
                                            item.getPackage().isAnnotatedWith(NullMarked.class);
                                    events.add(
                                            new SimpleConditionEvent(
                                                    item,
                                                    marked,
                                                    item.getPackageName()
                                                            + " of "
                                                            + item.getSimpleName()
                                                            + (marked ? " is" : " is not")
                                                            + " @NullMarked"));
                                }
                            });
}

package io.uartnio;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.stream.Stream;

/**
 * The floors of the house, from the ground up. Each may use those under it and never one above, so that the hot path
 * can be read without the faces, and a face without a single AT command. Each rule names what its floor may use, not
 * what it may not: a new package is outside until somebody lets it in here. A rule whose package does not exist yet
 * holds.
 */
@AnalyzeClasses(
        packages = "io.uartnio",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.WithoutContractTests.class})
class ArchitectureTest {

    private static final String UART = "io.uartnio.uart..";
    private static final String VOCABULARY = "io.uartnio";
    private static final String FRAME = "io.uartnio.frame..";
    private static final String AT = "io.uartnio.at..";
    private static final String MODULE = "io.uartnio.module..";
    private static final String SOCKET = "io.uartnio.socket..";
    private static final String MUX = "io.uartnio.mux..";
    private static final String NIO = "io.uartnio.nio..";
    private static final String NET = "io.uartnio.net..";
    private static final String TLS = "io.uartnio.tls..";
    private static final String ASSEMBLY = "io.uartnio.modem..";

    private static final DescribedPredicate<JavaClass> OUR_CLASSES = resideInAPackage("io.uartnio..");

    @ArchTest
    static final ArchRule THE_UART_FLOOR_STANDS_ON_NOTHING = floor(UART);

    @ArchTest
    static final ArchRule THE_VOCABULARY_STANDS_ON_UART = floor(VOCABULARY, UART);

    @ArchTest
    static final ArchRule FRAMES_STAND_ON_THE_VOCABULARY = floor(FRAME, VOCABULARY, UART);

    @ArchTest
    static final ArchRule AT_STANDS_ON_FRAMES = floor(AT, FRAME, VOCABULARY, UART);

    @ArchTest
    static final ArchRule MODULES_STAND_ON_AT = floor(MODULE, AT, FRAME, VOCABULARY, UART);

    @ArchTest
    static final ArchRule SOCKETS_STAND_ON_MODULES = floor(SOCKET, MODULE, AT, FRAME, VOCABULARY, UART);

    @ArchTest
    static final ArchRule THE_MULTIPLEXER_KNOWS_ONLY_UART = floor(MUX, UART);

    @ArchTest
    static final ArchRule THE_NIO_FACE_KNOWS_ONLY_SOCKETS = floor(NIO, SOCKET, VOCABULARY);

    @ArchTest
    static final ArchRule THE_NET_FACE_KNOWS_ONLY_SOCKETS = floor(NET, SOCKET, VOCABULARY);

    /** And the JVM's timer, for what it holds back. */
    @ArchTest
    static final ArchRule THE_TLS_FACE_KNOWS_ONLY_SOCKETS = floor(TLS, SOCKET, VOCABULARY, UART);

    @ArchTest
    static final ArchRule EVERY_CLASS_STANDS_ON_A_FLOOR = classes()
            .that(OUR_CLASSES)
            .should()
            .resideInAnyPackage(UART, VOCABULARY, FRAME, AT, MODULE, SOCKET, MUX, NIO, NET, TLS, ASSEMBLY);

    @ArchTest
    static final ArchRule ONLY_UART_TOUCHES_THE_SERIAL_LIBRARY = noClasses()
            .that(OUR_CLASSES)
            .and(not(resideInAPackage(UART)))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fazecast..")
            .allowEmptyShould(true);

    /** A family is the package of a maker's series, say {@code module.quectel.ec200x}, with all that lies under it. */
    @ArchTest
    static final ArchRule FAMILIES_DO_NOT_KNOW_EACH_OTHER = slices().matching("io.uartnio.module.(*).(*)..")
            .should()
            .notDependOnEachOther()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule THE_SPI_KNOWS_NO_FAMILY = noClasses()
            .that(resideInAPackage("io.uartnio.module"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.uartnio.module.*..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule PACKAGES_FORM_NO_CIRCLE =
            slices().assignedFrom(new EachPackage()).should().beFreeOfCycles();

    /** Classes of {@code floor} may use each other and, of ours, only what lies in {@code below}. */
    private static ArchRule floor(String floor, String... below) {
        String[] allowed = Stream.concat(Stream.of(floor), Stream.of(below)).toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(floor)
                .should()
                .dependOnClassesThat(OUR_CLASSES.and(not(resideInAnyPackage(allowed))))
                .allowEmptyShould(true);
    }

    /** The contract tests are another module's main classes, and on the class path only for tests. */
    static final class WithoutContractTests implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/io/uartnio/contract/");
        }
    }

    /** One slice a package: {@code slices().matching} has no pattern that keeps the root package apart. */
    private static final class EachPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            return OUR_CLASSES.test(javaClass)
                    ? SliceIdentifier.of(javaClass.getPackageName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "each package of io.uartnio";
        }
    }
}

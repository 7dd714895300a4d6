package io.uartnio.netty;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** This face knows a module's sockets as the others do, and of Netty what its two artifacts have. */
@AnalyzeClasses(packages = "io.uartnio.netty", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule THE_NETTY_FACE_KNOWS_ONLY_SOCKETS_AND_NETTY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "io.uartnio",
                    "io.uartnio.socket",
                    "io.uartnio.socket.face",
                    "io.uartnio.netty",
                    "io.netty.buffer",
                    "io.netty.channel..",
                    "io.netty.resolver",
                    "io.netty.util",
                    "io.netty.util.concurrent");
}

package io.uartnio.emulator;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The emulator shares nothing with the library that is tested against it: one misreading of a manual must not be able
 * to hide in both.
 */
@AnalyzeClasses(packages = "io.uartnio", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule THE_EMULATOR_USES_NOTHING_OF_THE_LIBRARY = noClasses()
            .that()
            .resideInAPackage("io.uartnio.emulator..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.uartnio..").and(not(resideInAPackage("io.uartnio.emulator.."))))
            .allowEmptyShould(true);
}

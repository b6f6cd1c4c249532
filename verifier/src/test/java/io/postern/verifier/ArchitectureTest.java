package io.postern.verifier;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The core needs the JDK and Nimbus; each filter no more than what it is for. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.postern.verifier");

  @Test
  void core_knowsNoFramework() {
    noClasses()
        .that()
        .resideInAPackage("io.postern.verifier")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "io.postern.verifier", "java..", "javax.crypto..", "com.nimbusds..", "org.jspecify..")
        .check(CLASSES);
  }

  @ParameterizedTest
  @CsvSource({"vertx,io.vertx..", "servlet,jakarta.servlet..", "spring,org.springframework.."})
  void filter_knowsItsFrameworkAlone(String name, String framework) {
    noClasses()
        .that()
        .resideInAPackage("io.postern.verifier." + name)
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "io.postern.verifier",
            "io.postern.verifier." + name,
            framework,
            "java..",
            "com.nimbusds..",
            "org.jspecify..")
        .check(CLASSES);
  }
}

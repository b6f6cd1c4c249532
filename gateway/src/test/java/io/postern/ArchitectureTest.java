package io.postern;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.postern.index.GrantIndex;
import io.postern.index.IndexImage;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packages' directions, as the picture in {@code gateway/DESIGN.md} draws them. */
class ArchitectureTest {
  private static final JavaClasses GATEWAY =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.postern");

  /** The packages that decide, and what each may use of the others. */
  private static final Map<String, List<String>> PURE =
      Map.of(
          "crypto", List.of(),
          "oauth", List.of(),
          "jose", List.of("crypto"),
          "grant", List.of("oauth", "jose"),
          "client", List.of("oauth", "jose", "crypto", "grant"),
          "change", List.of("client", "grant", "jose"),
          "index", List.of("change", "client", "grant", "jose"),
          "token", List.of("index", "change", "client", "grant", "jose", "crypto", "oauth"));

  /** Libraries that neither block nor log nor know of HTTP or SQL. */
  private static final List<String> PURE_LIBRARIES =
      List.of(
          "java..",
          "javax.crypto..",
          "org.jspecify..",
          "com.nimbusds..",
          "com.fasterxml.jackson..",
          "com.github.benmanes.caffeine..",
          "com.amazon.corretto..",
          "org.bouncycastle..");

  @ParameterizedTest
  @MethodSource("pure")
  void purePackage_usesOnlyWhatItMay(String name) {
    String[] allowed =
        Stream.of(PURE_LIBRARIES, List.of(of(name)), PURE.get(name).stream().map(this::of).toList())
            .flatMap(List::stream)
            .toArray(String[]::new);
    check(
        classes()
            .that()
            .resideInAPackage(of(name))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(allowed));
  }

  static Stream<String> pure() {
    return PURE.keySet().stream().sorted();
  }

  @Test
  void replay_knowsNoSqlAndNoTokenPath() {
    check(
        nothingOf("replay", "store", "index", "token", "sync", "admin", "http", "command", "dev"));
  }

  @Test
  void tls_knowsNothingElse() {
    check(
        nothingOf(
            "tls", "oauth", "jose", "crypto", "grant", "client", "index", "token", "replay",
            "store", "sync", "admin", "http", "command", "dev"));
  }

  @Test
  void decision_knowsNothingOfHowItIsMade() {
    check(
        nothingOf(
            "decision",
            "token",
            "index",
            "client",
            "store",
            "sync",
            "replay",
            "admin",
            "http",
            "command",
            "dev"));
  }

  @Test
  void store_knowsNoIndexAndNoEndpoint() {
    check(nothingOf("store", "index", "token", "sync", "admin", "http", "command", "dev"));
  }

  @Test
  void admin_knowsNoIndexAndNoTokenPath() {
    check(nothingOf("admin", "index", "token", "sync", "http", "command", "dev"));
  }

  @Test
  void sync_knowsStoreAndIndexOnly() {
    check(nothingOf("sync", "token", "admin", "http", "command", "dev"));
  }

  @Test
  void http_knowsNeitherStoreNorSync() {
    check(nothingOf("http", "store", "sync", "admin", "command", "dev"));
  }

  @Test
  void cli_knowsNothingOfTheInside() {
    check(
        noClasses()
            .that()
            .resideInAPackage(of("cli"))
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.postern..").and(not(resideInAPackage(of("cli"))))));
  }

  @Test
  void index_isWrittenBySyncAlone() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(of("sync"), of("index"))
            .should()
            .callMethod(GrantIndex.class, "publish", IndexImage.class, long.class)
            .orShould()
            .callMethod(GrantIndex.class, "confirm", long.class));
  }

  @Test
  void sql_isInStoreOnly() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(of("store"), of("dev"))
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.vertx.sqlclient.Tuple"));
  }

  @Test
  void logging_goesThroughSlf4j() {
    check(NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING);
  }

  private ArchRule nothingOf(String from, String... to) {
    return noClasses()
        .that()
        .resideInAPackage(of(from))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(Stream.of(to).map(this::of).toArray(String[]::new));
  }

  private String of(String name) {
    return "io.postern." + name + "..";
  }

  private static void check(ArchRule rule) {
    rule.check(GATEWAY);
  }
}

package io.postern;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.postern.index.GrantIndex;
import io.postern.index.IndexImage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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
          "vault", List.of("oauth", "grant", "crypto"),
          "client", List.of("oauth", "jose", "crypto", "grant", "vault"),
          "revocation", List.of(),
          "change", List.of("client", "grant", "jose", "vault", "revocation"),
          "index", List.of("change", "client", "grant", "jose", "vault", "revocation"),
          "token",
              List.of("index", "change", "client", "grant", "jose", "crypto", "oauth", "vault"));

  /** The rooms of the large floors, and what each may use of the others on its floor. */
  private static final Map<String, List<String>> ROOMS =
      Map.ofEntries(
          Map.entry("store.database", List.of()),
          Map.entry("store.registry", List.of("store.database")),
          Map.entry("store.vault", List.of("store.database", "store.registry")),
          Map.entry("store.topology", List.of("store.database", "store.registry", "store.vault")),
          Map.entry("store.replica", List.of("store.database")),
          Map.entry("store.keys", List.of("store.database", "store.replica")),
          Map.entry("store.feed", List.of("store.database", "store.replica", "store.keys")),
          Map.entry("store.audit", List.of("store.database")),
          Map.entry("store.use", List.of("store.database")),
          Map.entry("store.revocation", List.of("store.database")),
          Map.entry("admin.contract", List.of()),
          Map.entry("admin.protocol", List.of("admin.contract")),
          Map.entry("admin.registry", List.of("admin.protocol")),
          Map.entry(
              "admin.topology",
              List.of("admin.contract", "admin.protocol", "admin.registry", "admin.vault")),
          Map.entry("admin.vault", List.of("admin.protocol", "admin.registry")),
          Map.entry("admin.keys", List.of("admin.protocol")),
          Map.entry("admin.revocation", List.of("admin.protocol")),
          Map.entry("admin.operations", List.of("admin.protocol", "admin.registry")));

  private static final List<String> FLOORS = List.of("store", "admin");

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

  @ParameterizedTest
  @MethodSource("rooms")
  void room_usesOnlyRoomsBelowIt(String name) {
    String floor = name.substring(0, name.indexOf('.'));
    String[] allowed =
        Stream.concat(Stream.of(name), ROOMS.get(name).stream())
            .map(this::of)
            .toArray(String[]::new);
    check(
        noClasses()
            .that()
            .resideInAPackage(of(name))
            .should()
            .dependOnClassesThat(
                resideInAPackage(of(floor)).and(not(resideInAnyPackage(allowed)))));
  }

  static Stream<String> rooms() {
    return ROOMS.keySet().stream().sorted();
  }

  @Test
  void room_isOnThePlan() {
    Set<String> found =
        GATEWAY.stream()
            .map(type -> type.getPackageName().replaceFirst("^io\\.postern\\.?", ""))
            .filter(name -> FLOORS.stream().anyMatch(floor -> name.startsWith(floor + ".")))
            .collect(Collectors.toSet());
    assertThat(found).isEqualTo(ROOMS.keySet());
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
            .resideInAnyPackage(of("cli"), of("setting"))
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.postern..")
                    .and(not(resideInAnyPackage(of("cli"), of("setting"))))));
    check(nothingOf("setting", "cli"));
  }

  @Test
  void index_isWrittenBySyncAlone() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(of("sync"), of("index"))
            .should()
            .callMethod(GrantIndex.class, "publish", IndexImage.class)
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

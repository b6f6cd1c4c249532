package io.postern.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TargetPathProperties {

  /** Paths of what matters in them, in any order. */
  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of(
            "/", "a", "b", ".", "..", "%2e", "%2E", "%2f", "%5C", "\\", ";", "%25", "%", "%2c",
            "%41", "+", "%00", "@", ":", "~", "%7e", "ü", "%C3%BC", "?", "#", " ")
        .list()
        .ofMaxSize(8)
        .map(parts -> "/" + String.join("", parts));
  }

  @Property
  void normal_isASpellingThatNobodyReadsOtherwise(@ForAll("paths") String path) {
    String normal = TargetPath.findNormal(path);
    if (normal != null) {
      assertThat(TargetPath.findNormal(normal)).isEqualTo(normal);
      URI read = URI.create("https://host/base" + normal);
      assertThat(read.getHost()).isEqualTo("host");
      assertThat(read.getRawPath()).isEqualTo("/base" + normal);
      assertThat(read.normalize()).isEqualTo(read);
      assertThat(read.getPath()).startsWith("/base/").doesNotContain("//");
    }
  }

  /** What is allowed below a path is below it for the server too. */
  @Property
  void rule_allowsNothingAbove(@ForAll("paths") String path) {
    AllowRule rule = AllowRule.of(null, "/a/*");
    String normal = TargetPath.findNormal(path);
    if (normal != null && rule.allows("GET", normal)) {
      assertThat(URI.create("https://host" + normal).normalize().getPath()).startsWith("/a/");
    }
  }

  /** Plain segments are a path as they are. */
  @Property
  void plainPath_isKept(@ForAll("segments") List<String> segments) {
    String path = "/" + String.join("/", segments);
    assertThat(Objects.requireNonNull(TargetPath.findNormal(path))).isEqualTo(path);
  }

  @Provide
  Arbitrary<List<String>> segments() {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .withCharRange('0', '9')
        .withChars("-_~!$&'()*+,;=:@")
        .ofMinLength(1)
        .ofMaxLength(8)
        .list()
        .ofMaxSize(6);
  }
}

package io.vestibule.systemtests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the source text must keep to, with a file that does not. */
class SourceRulesTest {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final String POSTPONED = "// TO" + "DO later";

  @TempDir Path folder;

  @Test
  void noFileIsTooLong() throws IOException {
    assertThat(SourceRules.tooLong(sources("main", "test"))).isEmpty();
    assertThat(SourceRules.tooLong(List.of(file("// a line\n".repeat(501))))).hasSize(1);
  }

  @Test
  void nothingIsLeftForLater() throws IOException {
    assertThat(SourceRules.postponed(sources("main", "test"))).isEmpty();
    assertThat(SourceRules.postponed(List.of(file("class A {\n  " + POSTPONED + "\n}\n")))).singleElement().asString().contains(":2 ");
  }

  @Test
  void publicTypesSayWhatTheyAre() throws IOException {
    assertThat(SourceRules.undocumented(sources("main"))).isEmpty();
    assertThat(SourceRules.undocumented(List.of(file("""
        /** Has one. */
        @Deprecated
        public interface A {
          /** Has one. */
          class B {
            private class Hidden {}

            public class Silent {}
          }
        }
        """)))).singleElement().asString().contains(":8 Silent");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("A.java"), text);
  }

  /** The Java files of all modules. */
  private static List<Path> sources(String... sets) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> modules = Files.list(PROJECT)) {
      for (Path module : modules.toList()) {
        for (String set : sets) {
          Path folder = module.resolve("src").resolve(set).resolve("java");
          if (Files.isDirectory(folder)) {
            files.addAll(SourceRules.javaFiles(folder));
          }
        }
      }
    }
    assertThat(files).hasSizeGreaterThan(100);
    return files;
  }
}

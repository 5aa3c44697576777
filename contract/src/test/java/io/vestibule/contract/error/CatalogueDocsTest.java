package io.vestibule.contract.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/protocol.md} lists the catalogues row by row, as they are in the code. */
class CatalogueDocsTest {
  private static final Path PROTOCOL = Path.of("..", "docs", "protocol.md");

  @Test
  void listsEveryError() throws IOException {
    assertThat(table("errors")).containsExactlyElementsOf(Stream.of(ErrorReason.values())
        .map(e -> "| %d | `%s` | %s | %s |".formatted(e.code(), e.slug(), yesNo(e.temporary()), e.text())).toList());
  }

  @Test
  void listsEveryCloseCode() throws IOException {
    assertThat(table("codes")).containsExactlyElementsOf(Stream.of(CloseReason.values())
        .map(c -> "| %d | `%s` | %s | %s |".formatted(c.code(), c.slug(), yesNo(c.reconnect()), c.text())).toList());
  }

  @Test
  void closeCodesTellTheClientWhatToDo() {
    assertThat(CloseReason.values()).allSatisfy(reason -> {
      if (reason.code() >= 4000) {
        assertThat(reason.reconnect()).as(reason.slug()).isEqualTo(reason.code() < 4500);
      }
    });
  }

  private static List<String> table(String name) throws IOException {
    String page = Files.readString(PROTOCOL);
    String part = page.substring(page.indexOf("<!-- " + name + ": begin"), page.indexOf("<!-- " + name + ": end"));
    return part.lines().filter(line -> line.matches("\\| \\d.*")).toList();
  }

  private static String yesNo(boolean value) {
    return value ? "yes" : "no";
  }
}

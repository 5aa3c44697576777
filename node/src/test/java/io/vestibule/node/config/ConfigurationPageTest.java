package io.vestibule.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.node.process.ExitCode;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the table of docs/configuration.md to conf/vestibule.yaml: same keys, same defaults, same explanations. */
class ConfigurationPageTest {
  private static final Pattern LINE = Pattern.compile("( *)([a-z-]+):( +(?<value>[^#]*?))?( +# (?<comment>.*))?");
  private static final Path PAGE = Path.of("../docs/configuration.md");

  @Test
  void everyKeyIsExplained() {
    assertThat(keys()).hasSameSizeAs(ConfigKeys.of(VestibuleConfig.class).paths())
        .allSatisfy(key -> assertThat(key.explanation()).as(key.path()).isNotBlank());
  }

  @Test
  void thePageHasEachKeyOfTheFileAndNoOther() throws IOException {
    String table = keys().stream().map(Key::row).collect(Collectors.joining("\n"));
    Files.writeString(Path.of("target/configuration-table.md"), table);

    String rows = Files.readAllLines(PAGE).stream().filter(line -> line.matches("\\| `[a-z.-]+` \\|.*")).collect(Collectors.joining("\n"));
    assertThat(rows).as("the table of docs/configuration.md; target/configuration-table.md is what it should be").isEqualTo(table);
  }

  @Test
  void thePageHasEveryExitCode() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(Stream.of(ExitCode.class.getFields()).map(ConfigurationPageTest::value)).isNotEmpty()
        .allSatisfy(code -> assertThat(page).contains("\n| " + code + " | "));
  }

  private static Object value(Field constant) {
    try {
      return constant.get(null);
    } catch (IllegalAccessException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static List<Key> keys() {
    List<Key> keys = new ArrayList<>();
    List<String> groups = new ArrayList<>();
    List<String> comments = new ArrayList<>();
    for (String line : ConfigLoader.defaults().lines().toList()) {
      var match = LINE.matcher(line);
      if (!match.matches()) {
        continue;
      }
      int depth = match.group(1).length() / 2;
      groups.subList(depth, groups.size()).clear();
      comments.subList(depth, comments.size()).clear();
      groups.add(match.group(2));
      comments.add(match.group("comment"));
      String path = String.join(".", groups);
      if (ConfigKeys.of(VestibuleConfig.class).has(path)) {
        keys.add(new Key(path, match.group("value"), String.valueOf(match.group("comment"))));
      }
    }
    return keys;
  }

  private record Key(String path, String value, String comment) {
    String explanation() {
      return comment.equals("null") ? "" : comment;
    }

    String row() {
      String shown = value == null || value.isEmpty() ? "seven rules, below" : value.equals("\"\"") ? "empty" : "`" + value.strip() + "`";
      return "| `" + path + "` | " + shown + " | " + explanation().replace("|", "\\|") + " |";
    }
  }
}

package io.vestibule.gateway.frame;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kept corpus of frames that are refused; {@code bad-frames.txt} explains itself. */
public final class BadFrames {
  private static final Pattern REPEAT = Pattern.compile("%REPEAT\\((.+?),(\\d+)\\)");
  private static final Pattern LINE = Pattern.compile("(\\S+) (\\S+)(?: (.*))?");

  /** A frame, with the slug of its reason and the field that is named, or null. */
  public record BadFrame(String slug, String field, byte[] bytes, String line) {
    @Override
    public String toString() {
      return line.length() > 100 ? line.substring(0, 100) + "..." : line;
    }
  }

  private BadFrames() {}

  /** All of it. */
  public static List<BadFrame> all() {
    try (InputStream in = BadFrames.class.getResourceAsStream("bad-frames.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("#")).map(BadFrames::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BadFrame read(String line) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      throw new IllegalArgumentException(line);
    }
    String frame = parts.group(3) == null ? "" : parts.group(3);
    String field = parts.group(2).equals("-") ? null : parts.group(2);
    return new BadFrame(parts.group(1), field, bytes(REPEAT.matcher(frame).replaceAll(
        repeat -> Matcher.quoteReplacement(repeat.group(1).repeat(Integer.parseInt(repeat.group(2)))))), line);
  }

  private static byte[] bytes(String text) {
    var out = new ByteArrayOutputStream();
    int from = 0;
    for (int escape = text.indexOf("\\x"); escape >= 0; escape = text.indexOf("\\x", from)) {
      out.writeBytes(text.substring(from, escape).getBytes(StandardCharsets.UTF_8));
      out.write(Integer.parseInt(text.substring(escape + 2, escape + 4), 16));
      from = escape + 4;
    }
    out.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  static Stream<byte[]> bytes() {
    return all().stream().map(BadFrame::bytes);
  }
}

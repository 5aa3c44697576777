package io.vestibule.gateway.feed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A frame of the core dialect, taken apart: its members as the texts that they are. Only the top level is looked at, so {@code data} stays byte by byte what its publisher sent. For frames that servers of
 * this cluster wrote.
 */
final class FrameMembers {
  /** What clients may send was looked at when they sent it. */
  private static final JsonFactory JSON = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(Integer.MAX_VALUE).maxNumberLength(Integer.MAX_VALUE)
          .maxStringLength(Integer.MAX_VALUE).maxNameLength(Integer.MAX_VALUE).build())
      .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
      .build();

  private final byte[] frame;
  private final Map<String, Span> members = new LinkedHashMap<>();

  private record Span(int from, int to) {}

  private FrameMembers(byte[] frame) {
    this.frame = frame;
  }

  /** The members of a frame. */
  static FrameMembers of(Buffer frame) {
    FrameMembers all = new FrameMembers(frame.getBytes());
    try (JsonParser parser = JSON.createParser(all.frame)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        // A string is read lazily; without this its end would not be known.
        parser.finishToken();
        all.members.put(name, new Span(from, (int) parser.currentLocation().getByteOffset()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a frame of this cluster is no JSON", e);
    }
    return all;
  }

  /** Whether the frame is of a type, which is plain ASCII. */
  boolean isOf(String type) {
    return is("type", '"' + type + '"');
  }

  /** Whether a member is there and has this text. */
  boolean is(String name, String json) {
    return json.equals(json(name));
  }

  /** A member as JSON text, or null where it is missing. */
  String json(String name) {
    Span span = members.get(name);
    return span == null ? null : new String(frame, span.from, span.to - span.from, StandardCharsets.UTF_8);
  }

  /** Appends a member where there is one, with a comma before it. */
  void append(Buffer out, String name) {
    append(out, name, name);
  }

  /** Appends a member under another name. */
  void append(Buffer out, String name, String as) {
    Span span = members.get(name);
    if (span != null) {
      out.appendString(",\"").appendString(as).appendString("\":").appendBytes(frame, span.from, span.to - span.from);
    }
  }

  /** An object of all members but some. */
  Buffer without(Set<String> names) {
    Buffer out = Buffer.buffer(frame.length).appendByte((byte) '{');
    members.forEach((name, span) -> {
      if (!names.contains(name)) {
        out.appendString(out.length() > 1 ? ",\"" : "\"").appendString(name).appendString("\":").appendBytes(frame, span.from, span.to - span.from);
      }
    });
    return out.appendByte((byte) '}');
  }

  int length() {
    return frame.length;
  }
}

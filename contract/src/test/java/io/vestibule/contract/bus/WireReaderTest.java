package io.vestibule.contract.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class WireReaderTest {

  @Property(tries = 500)
  void whatIsWrittenIsRead(@ForAll("fields") List<Object> fields) {
    Buffer wire = Buffer.buffer();
    WireWriter out = new WireWriter(wire);
    fields.forEach(field -> write(out, field));
    WireReader in = new WireReader(0, wire);
    List<Object> read = new ArrayList<>();
    fields.forEach(field -> read.add(read(in, field)));
    assertThat(read).isEqualTo(fields);
    assertThatThrownBy(in::getByte).isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 2000)
  void randomBytesAreReadOrRefusedAndNothingElse(@ForAll byte[] bytes, @ForAll("kinds") int kind) {
    try {
      Object read = readKind(new WireReader(0, Buffer.buffer(bytes)), kind);
      assertThat(read == null || kind < 6).isTrue();
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageMatching("(the message ends before|a list of).*");
    }
  }

  /** A length is believed only as far as there are bytes: four bytes must not cost two gigabytes, nor a list of a million. */
  @Test
  void aLieAboutTheLengthCostsNoMemory() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Buffer lie = Buffer.buffer().appendInt(Integer.MAX_VALUE).appendBytes(new byte[100]);
    for (int kind = 3; kind < 6; kind++) {
      int which = kind;
      assertThatThrownBy(() -> readKind(new WireReader(0, lie), which)).isInstanceOf(IllegalArgumentException.class);
    }
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    for (int i = 0; i < 100; i++) {
      for (int kind = 3; kind < 6; kind++) {
        try {
          readKind(new WireReader(0, lie), kind);
        } catch (IllegalArgumentException refused) {
          Objects.requireNonNull(refused);
        }
      }
    }
    long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    assertThat(allocated).isLessThan(2_000_000);
  }

  private static Object readKind(WireReader in, int kind) {
    return switch (kind) {
      case 0 -> in.getByte();
      case 1 -> in.getInt();
      case 2 -> in.getLong();
      case 3 -> in.getString();
      case 4 -> in.getBuffer();
      default -> in.getStrings();
    };
  }

  private static void write(WireWriter out, Object field) {
    if (field instanceof Byte value) {
      out.putByte(value);
    } else if (field instanceof Boolean value) {
      out.putBoolean(value);
    } else if (field instanceof Integer value) {
      out.putInt(value);
    } else if (field instanceof Long value) {
      out.putLong(value);
    } else if (field instanceof Buffer value) {
      out.putBuffer(value);
    } else if (field instanceof List<?> value) {
      out.putStrings(value.stream().map(String.class::cast).toList());
    } else {
      out.putString((String) field);
    }
  }

  private static Object read(WireReader in, Object like) {
    if (like instanceof Byte) {
      return in.getByte();
    } else if (like instanceof Boolean) {
      return in.getBoolean();
    } else if (like instanceof Integer) {
      return in.getInt();
    } else if (like instanceof Long) {
      return in.getLong();
    } else if (like instanceof Buffer) {
      return in.getBuffer();
    } else if (like instanceof List<?>) {
      return in.getStrings();
    }
    return in.getString();
  }

  @Provide
  Arbitrary<Integer> kinds() {
    return Arbitraries.integers().between(0, 5);
  }

  @Provide
  Arbitrary<List<Object>> fields() {
    // Unpaired surrogates have no UTF-8 form; JSON texts that reach the bus have none.
    Arbitrary<String> text = Arbitraries.strings().excludeChars().filter(s -> s.equals(new String(
        s.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8)));
    Arbitrary<Object> field = Arbitraries.oneOf(
        Arbitraries.bytes().map(Object.class::cast),
        Arbitraries.of(true, false).map(Object.class::cast),
        Arbitraries.integers().map(Object.class::cast),
        Arbitraries.longs().map(Object.class::cast),
        text.injectNull(0.1).map(Object.class::cast),
        Arbitraries.bytes().array(byte[].class).map(bytes -> (Object) Buffer.buffer(bytes)),
        text.list().ofMaxSize(5).map(Object.class::cast));
    return field.list().ofMaxSize(20);
  }
}

package io.vestibule.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class MessageAssemblyTest {
  private static final int MAX = 1_000;

  @Property
  void theMessageIsItsFragments(@ForAll @Size(max = 50) List<@Size(max = 100) byte[]> fragments) {
    MessageAssembly assembly = new MessageAssembly(true, MAX);
    var expected = new ByteArrayOutputStream();
    for (byte[] fragment : fragments) {
      // Not at the beginning of its buffer, as in a channel.
      ByteBuf content = Unpooled.buffer().writeByte(7).writeBytes(fragment).skipBytes(1);
      boolean fits = expected.size() + fragment.length <= MAX;
      assertThat(assembly.append(content)).isEqualTo(fits);
      assertThat(content.readableBytes()).as("the fragment is only looked at").isEqualTo(fragment.length);
      if (!fits) {
        return;
      }
      expected.writeBytes(fragment);
    }
    assertThat(assembly.bytes()).isEqualTo(expected.toByteArray());
    assertThat(assembly.isText()).isTrue();
  }

  @Example
  void emptyFragmentsEndSomewhere() {
    MessageAssembly assembly = new MessageAssembly(true, MAX);
    int appended = 0;
    while (assembly.append(Unpooled.EMPTY_BUFFER)) {
      appended++;
    }
    assertThat(appended).isEqualTo(4_096);
  }
}

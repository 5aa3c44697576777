package io.vestibule.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class MessageAssemblyTest {

  @Property
  void theMessageIsItsFragments(@ForAll @Size(max = 50) List<@Size(max = 100) byte[]> fragments) {
    MessageAssembly assembly = new MessageAssembly(true);
    var expected = new ByteArrayOutputStream();
    for (byte[] fragment : fragments) {
      // Not at the beginning of its buffer, as in a channel.
      ByteBuf content = Unpooled.buffer().writeByte(7).writeBytes(fragment).skipBytes(1);
      assembly.append(content);
      assertThat(content.readableBytes()).as("the fragment is only looked at").isEqualTo(fragment.length);
      expected.writeBytes(fragment);
    }
    assertThat(assembly.bytes()).isEqualTo(expected.toByteArray());
    assertThat(assembly.isText()).isTrue();
  }
}

package io.vestibule.cluster.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.internal.serialization.SerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.spi.exception.TargetNotMemberException;
import com.hazelcast.spi.merge.SplitBrainMergeTypes.MapMergeTypes;
import com.hazelcast.spi.properties.HazelcastProperties;
import io.vestibule.cluster.ClusterConfig;
import io.vestibule.cluster.ownership.Term;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecodableClassesTest {

  /** Hazelcast tells a caller on another node what went wrong by serialising the exception, and retries by its class. */
  @Test
  void theExceptionsOfTheGridComeThrough() {
    SerializationService service = service();
    HazelcastException outer = new HazelcastException("outer", new IllegalStateException("inner"));
    outer.addSuppressed(new java.util.concurrent.TimeoutException("late"));
    for (Throwable thrown : List.of(outer, new TargetNotMemberException("gone"), new IndeterminateOperationStateException("left"),
        new java.io.IOException("link"), new NullPointerException("null"))) {
      Data data = service.toData(thrown);
      Throwable read = service.toObject(data);
      assertThat(read).hasSameClassAs(thrown).hasMessage(thrown.getMessage());
    }
  }

  @Test
  void otherClassesDoNot() {
    SerializationService service = service();
    for (Object other : List.of(new java.util.concurrent.atomic.AtomicLong(), new StringBuilder("x"),
        new java.net.InetSocketAddress(1))) {
      Data data = service.toData(other);
      assertThatThrownBy(() -> service.toObject(data)).hasStackTraceContaining(other.getClass().getName());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java.util.Timer", "io.vestibule.cluster.Bus", "io.vertx.spi.cluster.hazelcast.impl.DataSerializableHolder",
      "javax.management.loading.MLet", "io.vestibule.cluster.hazelcast.HazelcastSettings"})
  void theFenceRefusesWhatIsThereAndNotOnTheList(String name) {
    ClassLoader fence = new FencedClassLoader(getClass().getClassLoader());
    assertThatThrownBy(() -> fence.loadClass(name)).isInstanceOf(SecurityException.class).hasMessageContaining(name);
  }

  @Test
  void theFenceLetsTheListThrough() throws ClassNotFoundException {
    ClassLoader fence = new FencedClassLoader(getClass().getClassLoader());
    assertThat(fence.loadClass("com.hazelcast.config.Config")).isNotNull();
    assertThat(fence.loadClass(HighestTermMerge.class.getName())).isEqualTo(HighestTermMerge.class);
    assertThatThrownBy(() -> fence.loadClass("no.such.Class")).isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void anArrayThatSaysItIsHugeIsNotAllocated() throws Exception {
    SerializedArrays.bound();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new byte[4]);
    }
    byte[] lie = bytes.toByteArray();
    // The length is the last thing before the elements.
    int at = lie.length - 4 - 4;
    java.nio.ByteBuffer.wrap(lie).putInt(at, 0x7fff_fff0);
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(lie))) {
      assertThatThrownBy(in::readObject).isInstanceOf(InvalidClassException.class).hasMessageContaining("REJECTED");
    }
  }

  @Test
  void twoHalvesKeepTheHigherTermWhicheverIsMerged() {
    Term low = new Term(3, "a");
    Term high = new Term(4, "b");
    Term twin = new Term(4, "c");
    assertThat(merge(low, high)).isEqualTo(high.encode());
    assertThat(merge(high, low)).isEqualTo(high.encode());
    assertThat(merge(high, twin)).isEqualTo(merge(twin, high)).isEqualTo(high.encode());
    assertThat(merge(low, null)).isEqualTo(low.encode());
  }

  @Test
  void theSettingsAreOursAlone() {
    var config = HazelcastSettings.of(new ClusterConfig("c", "127.0.0.1", "", 7701, 3, 0, List.of(), "", 1, Duration.ofSeconds(5),
        Duration.ofSeconds(12), new ClusterConfig.Tls("", "", "")));
    assertThat(config.getAdvancedNetworkConfig().getEndpointConfigs()).hasSize(1);
    assertThat(config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().getMembers())
        .containsExactly("127.0.0.1:7701", "127.0.0.1:7702", "127.0.0.1:7703");
    assertThat(config.getAdvancedNetworkConfig().getJoin().getMulticastConfig().isEnabled()).isFalse();
    assertThat(config.getProperty("hazelcast.max.no.heartbeat.seconds")).isEqualTo("12");
    assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
    assertThat(config.getProperty("hazelcast.operation.fail.on.indeterminate.state")).isEqualTo("true");
    // A misspelt property would be ignored silently.
    Properties known = config.getProperties();
    assertThat(known.stringPropertyNames()).allMatch(name -> isHazelcastProperty(new HazelcastProperties(known), name));
  }

  private static boolean isHazelcastProperty(HazelcastProperties properties, String name) {
    for (var field : com.hazelcast.spi.properties.ClusterProperty.class.getFields()) {
      try {
        if (((com.hazelcast.spi.properties.HazelcastProperty) field.get(null)).getName().equals(name)) {
          return properties.containsKey((com.hazelcast.spi.properties.HazelcastProperty) field.get(null));
        }
      } catch (IllegalAccessException unreadable) {
        throw new AssertionError(unreadable);
      }
    }
    return false;
  }

  private static SerializationService service() {
    return new DefaultSerializationServiceBuilder()
        .setConfig(new com.hazelcast.config.SerializationConfig().setJavaSerializationFilterConfig(DecodableClasses.javaFilter()))
        .setClassLoader(new FencedClassLoader(DecodableClassesTest.class.getClassLoader()))
        .build();
  }

  private static String merge(Term merging, Term existing) {
    return new HighestTermMerge().merge(entry(merging), existing == null ? null : entry(existing));
  }

  @SuppressWarnings("unchecked")
  private static MapMergeTypes<Object, String> entry(Term term) {
    return (MapMergeTypes<Object, String>) Proxy.newProxyInstance(DecodableClassesTest.class.getClassLoader(),
        new Class<?>[] {MapMergeTypes.class}, (proxy, method, arguments) -> method.getName().equals("getValue") ? term.encode() : null);
  }
}

package io.vestibule.systemtests.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.MessageProducer;
import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.systemtests.architecture.violations.contract.message.ClassMessage;
import io.vestibule.systemtests.architecture.violations.contract.message.OpenFamily;
import io.vestibule.systemtests.architecture.violations.contract.message.UnlistedMessage;
import io.vestibule.systemtests.architecture.violations.presence.DirectBusUser;
import io.vestibule.systemtests.architecture.violations.presence.MessageReader;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The event bus has one door, and what goes through it is immutable and has a codec. */
final class BusRules {
  private BusRules() {}

  /** @param codecs those that each node registers */
  static List<Rule> of(String root, List<RecordCodec<?>> codecs) {
    String bus = root + ".cluster.Bus";
    return List.of(
        new Rule("the event bus is used by Bus alone; by the bridge of clients, and by the bare server that we compare ourselves with",
            noClasses().that(describe("are not Bus", type -> !type.getName().equals(bus) && !type.getName().startsWith(bus + "$")))
                .and().resideOutsideOfPackages(root + ".gateway.bridge..", root + ".bench.bare..")
                .should().dependOnClassesThat().belongToAnyOf(EventBus.class, MessageConsumer.class, MessageProducer.class),
            DirectBusUser.class),
        new Rule("the types of the event bus are known to the cluster and the codecs alone",
            noClasses().that().resideOutsideOfPackages(root + ".cluster..", root + ".contract.bus..", root + ".gateway.bridge..", root + ".bench.bare..")
                .should().dependOnClassesThat().resideInAPackage("io.vertx.core.eventbus.."),
            MessageReader.class),
        new Rule("a bus message is a record, or a sealed family of records", messages(root, new IsRecordOrFamily()), ClassMessage.class, OpenFamily.class),
        new Rule("a bus message has a codec that each node registers", messages(root, new HasListedCodec(codecs)), UnlistedMessage.class));
  }

  private static ArchRule messages(String root, ArchCondition<JavaClass> condition) {
    return classes().that().resideInAPackage(root + ".contract.message..").and().areTopLevelClasses().should(condition);
  }

  private static final class IsRecordOrFamily extends ArchCondition<JavaClass> {
    private IsRecordOrFamily() {
      super("be a record or a sealed interface of records");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      if (!holds(type.reflect())) {
        events.add(SimpleConditionEvent.violated(type, type.getName() + " is neither"));
      }
    }

    /** A family may have branches, as long as each ends in records. */
    private static boolean holds(Class<?> message) {
      return message.isRecord()
          || message.isInterface() && message.isSealed() && Arrays.stream(message.getPermittedSubclasses()).allMatch(IsRecordOrFamily::holds);
    }
  }

  private static final class HasListedCodec extends ArchCondition<JavaClass> {
    private final List<RecordCodec<?>> codecs;

    private HasListedCodec(List<RecordCodec<?>> codecs) {
      super("have a constant CODEC that Addresses.codecs() lists");
      this.codecs = codecs;
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      Optional<Object> codec = type.tryGetField("CODEC")
          .filter(field -> field.getModifiers().contains(JavaModifier.STATIC) && Modifier.isFinal(field.reflect().getModifiers()))
          .map(field -> value(field.reflect()));
      if (codec.isEmpty() || !codecs.contains(codec.get())) {
        events.add(SimpleConditionEvent.violated(type, type.getName() + " has none"));
      }
    }

    private static Object value(Field field) {
      try {
        return field.get(null);
      } catch (IllegalAccessException e) {
        throw new AssertionError(field + " is not public", e);
      }
    }
  }
}

package io.vestibule.systemtests.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import io.netty.util.NetUtil;
import io.vestibule.systemtests.architecture.violations.cluster.ownership.OwnershipCore;
import io.vestibule.systemtests.architecture.violations.gateway.limit.ClockedLimit;
import io.vestibule.systemtests.architecture.violations.gateway.topic.FutureTopic;
import io.vestibule.systemtests.architecture.violations.presence.core.RandomCore;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Pure code: what decides knows no frameworks, and time and randomness come as arguments, so that any history can be played to it. */
final class PurityRules {
  /** The pure half of shard ownership; the rest of its package brings it the news. */
  private static final Set<String> OWNERSHIP =
      Set.of("OwnershipCore", "OwnershipEffect", "OwnershipEvent", "OwnershipTimings", "Rendezvous", "Retry", "ShardKind", "ShardState", "Term");

  private static final Set<String> FRAMEWORKS = Set.of("io.vertx", "io.netty", "com.hazelcast", "redis", "io.micrometer");

  private static final Set<Class<?>> RANDOM_SOURCES = Set.of(Random.class, SecureRandom.class, ThreadLocalRandom.class);

  private PurityRules() {}

  static List<Rule> of(String root) {
    DescribedPredicate<JavaClass> pure = describe("are pure", type -> isPure(root, type));
    return List.of(
        new Rule("pure code knows no framework",
            noClasses().that(pure).should().dependOnClassesThat(describe("are a framework's", PurityRules::isFramework)),
            FutureTopic.class, OwnershipCore.Inner.class),
        new Rule("pure code asks no clock",
            noClasses().that(pure).should().accessTargetWhere(describe("it is a clock", PurityRules::isClock)),
            ClockedLimit.class),
        new Rule("pure code makes no randomness",
            noClasses().that(pure).should().accessTargetWhere(describe("it is a source of randomness", PurityRules::isRandom)),
            RandomCore.class));
  }

  /** Netty's parser of addresses is a pure function, and better than one of our own. */
  private static boolean isFramework(JavaClass type) {
    return FRAMEWORKS.stream().anyMatch(parent -> within(type.getPackageName(), parent)) && !type.isEquivalentTo(NetUtil.class);
  }

  private static boolean isPure(String root, JavaClass type) {
    String name = type.getPackageName();
    return within(name, root + ".gateway.topic")
        || within(name, root + ".gateway.limit")
        || name.contains(".core.") || name.endsWith(".core")
        || name.equals(root + ".cluster.ownership") && OWNERSHIP.contains(topLevelName(type));
  }

  private static boolean within(String packageName, String parent) {
    return packageName.equals(parent) || packageName.startsWith(parent + ".");
  }

  private static String topLevelName(JavaClass type) {
    return type.getEnclosingClass().map(PurityRules::topLevelName).orElse(type.getSimpleName());
  }

  private static boolean isClock(JavaAccess<?> access) {
    if (!(access.getTarget() instanceof CodeUnitAccessTarget target)) {
      return false;
    }
    JavaClass owner = target.getOwner();
    return owner.isEquivalentTo(System.class) && Set.of("currentTimeMillis", "nanoTime").contains(target.getName())
        || owner.getPackageName().equals("java.time") && target.getName().equals("now")
        || owner.isEquivalentTo(Clock.class) && target.getName().startsWith("system")
        || owner.getPackageName().equals("java.util") && Set.of("Date", "Timer").contains(owner.getSimpleName()) && target.getName().equals("<init>");
  }

  private static boolean isRandom(JavaAccess<?> access) {
    if (!(access.getTarget() instanceof CodeUnitAccessTarget target)) {
      return false;
    }
    JavaClass owner = target.getOwner();
    return RANDOM_SOURCES.stream().anyMatch(owner::isEquivalentTo)
        || owner.isEquivalentTo(Math.class) && target.getName().equals("random")
        || owner.isEquivalentTo(UUID.class) && target.getName().equals("randomUUID");
  }
}

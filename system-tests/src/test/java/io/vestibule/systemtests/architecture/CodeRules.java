package io.vestibule.systemtests.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.vestibule.systemtests.architecture.violations.presence.Chatty;
import io.vestibule.systemtests.architecture.violations.presence.OwnLogger;
import io.vestibule.systemtests.architecture.violations.presence.Sleeper;
import io.vestibule.systemtests.architecture.violations.presence.StaticArray;
import io.vestibule.systemtests.architecture.violations.presence.StaticCounter;
import io.vestibule.systemtests.architecture.violations.presence.StaticHolder;
import io.vestibule.systemtests.architecture.violations.presence.StaticMap;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What no class does, wherever it is. */
final class CodeRules {
  private CodeRules() {}

  static List<Rule> of(String root) {
    DescribedPredicate<JavaField> ownStatics = describe("are static and written by hand", field ->
        field.getModifiers().contains(JavaModifier.STATIC) && !field.getModifiers().contains(JavaModifier.SYNTHETIC));
    return List.of(
        new Rule("no mutable statics: each is final",
            fields().that(ownStatics).should().beFinal(), StaticCounter.class),
        new Rule("no mutable statics: none holds what changes",
            noFields().that(ownStatics).should().haveRawType(describe("is made to change", CodeRules::isMadeToChange)), StaticHolder.class),
        new Rule("no mutable statics: no array that other packages can write to",
            noFields().that(ownStatics).and().arePublic().or().areProtected().should().haveRawType(describe("is an array", JavaClass::isArray)), StaticArray.class),
        new Rule("no mutable statics: no collection that can be changed",
            noClasses().should().accessTargetWhere(describe("a static initialiser makes a mutable collection", CodeRules::makesStaticCollection)),
            StaticMap.class),
        new Rule("logging goes through EventLog",
            noClasses().that().resideOutsideOfPackages(root + ".contract.log..", root + ".node.log..")
                .should().dependOnClassesThat().resideInAnyPackage("org.slf4j..", "ch.qos.logback..", "java.util.logging..", "io.vertx.core.internal.logging.."),
            OwnLogger.class),
        new Rule("standard output and error belong to the command line",
            noClasses().that().resideOutsideOfPackages(root + ".node", root + ".node.cli..", root + ".node.process..", root + ".node.log..", root + ".bench..")
                .should().accessTargetWhere(describe("it is System.out or System.err", CodeRules::isConsole)),
            Chatty.class),
        new Rule("nobody sleeps, except the load client, whose own thread is its clock",
            noClasses().that().resideOutsideOfPackage(root + ".bench..").should().accessTargetWhere(describe("it is a sleep", CodeRules::isSleep)),
            Sleeper.class));
  }

  private static boolean isMadeToChange(JavaClass type) {
    return type.getPackageName().equals("java.util.concurrent.atomic")
        || type.isAssignableTo(ThreadLocal.class)
        || type.isAssignableTo(StringBuilder.class)
        || !type.isInterface() && !type.isEnum() && (type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class));
  }

  private static boolean makesStaticCollection(JavaAccess<?> access) {
    JavaClass made = access.getTargetOwner();
    return access.getOrigin().getName().equals("<clinit>") && access.getTarget().getName().equals("<init>")
        && (made.isAssignableTo(Collection.class) || made.isAssignableTo(Map.class));
  }

  private static boolean isConsole(JavaAccess<?> access) {
    return access.getTargetOwner().isEquivalentTo(System.class) && Set.of("out", "err").contains(access.getTarget().getName());
  }

  private static boolean isSleep(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    return access.getTarget().getName().equals("sleep") && (owner.isEquivalentTo(Thread.class) || owner.isEquivalentTo(TimeUnit.class));
  }
}

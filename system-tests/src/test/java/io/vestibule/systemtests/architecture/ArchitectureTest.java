package io.vestibule.systemtests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.vestibule.contract.bus.Addresses;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rules of the house, as far as a tool can see them: each holds for the product, and each can fire. */
class ArchitectureTest {
  private static final String PRODUCT = "io.vestibule";
  private static final String VIOLATIONS = PRODUCT + ".systemtests.architecture.violations";

  private final JavaClasses product = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .withImportOption(location -> !location.contains("/jmh_generated/"))
      .importPackages(PRODUCT);
  private final JavaClasses violations = new ClassFileImporter().importPackages(VIOLATIONS);

  @Test
  void everyModuleIsLookedAt() {
    for (String module : ModuleRules.modules()) {
      assertThat(product.stream().map(JavaClass::getPackageName)).as(module).anyMatch(name -> name.startsWith(PRODUCT + "." + module));
    }
    assertThat(product.stream().map(JavaClass::getPackageName).map(name -> name.split("\\.")[2]).distinct())
        .as("modules that the rules do not know").isSubsetOf(ModuleRules.modules());
  }

  @TestFactory
  Stream<DynamicTest> holds() {
    return rules(PRODUCT).map(rule -> DynamicTest.dynamicTest(rule.name(), () -> rule.holds().check(product)));
  }

  @TestFactory
  Stream<DynamicTest> canFire() {
    return rules(VIOLATIONS).map(rule -> DynamicTest.dynamicTest(rule.name(), () ->
        assertThat(rule.violations()).isNotEmpty().allSatisfy(violation ->
            assertThat(rule.holds().evaluate(violations).getFailureReport().getDetails()).anyMatch(line -> line.contains(violation.getName())))));
  }

  private static Stream<Rule> rules(String root) {
    return Stream.of(ModuleRules.of(root), PurityRules.of(root), BusRules.of(root, Addresses.codecs()), CodeRules.of(root)).flatMap(List::stream);
  }
}

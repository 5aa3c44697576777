package io.vestibule.systemtests.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.IOException;
import java.nio.file.Path;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;

/** The jar of the node with a mistake in it, made from the one that was built: the product has no switch for it. */
final class BrokenJar {
  private static final String TAIL = "io.vestibule.gateway.log.core.Tail";
  private static final String WHETHER_TO_READ = "isDue";

  private BrokenJar() {}

  /** A node that never reads what the bus has not brought it. */
  static Path withoutGapRepair(Path folder) throws IOException {
    Path broken = folder.resolve("broken.jar");
    try (ClassFileLocator jar = ClassFileLocator.ForJarFile.of(VestibuleProcess.JAR.toFile())) {
      TypeDescription tail = TypePool.Default.of(new ClassFileLocator.Compound(jar, ClassFileLocator.ForClassLoader.ofPlatformLoader())).describe(TAIL).resolve();
      assertThat(tail.getDeclaredMethods().filter(ElementMatchers.named(WHETHER_TO_READ))).as("what is broken is there").hasSize(1);
      new ByteBuddy().redefine(tail, jar).method(ElementMatchers.named(WHETHER_TO_READ)).intercept(FixedValue.value(false)).make().inject(VestibuleProcess.JAR.toFile(), broken.toFile());
    }
    return broken;
  }
}

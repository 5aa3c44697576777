package io.vestibule.systemtests.architecture;

import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/**
 * A rule of the house.
 *
 * @param name in a few words
 * @param holds what must hold
 * @param violations classes that were written to break it: the proof that the rule can fire
 */
record Rule(String name, ArchRule holds, List<Class<?>> violations) {
  Rule(String name, ArchRule holds, Class<?>... violations) {
    this(name, holds, List.of(violations));
  }
}

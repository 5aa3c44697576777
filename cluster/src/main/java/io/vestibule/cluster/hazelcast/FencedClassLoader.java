package io.vestibule.cluster.hazelcast;

import java.util.Set;

/**
 * The class loader that Hazelcast decodes with. Its format makes an instance of any class that a message names and only then
 * looks at what it has; its Java-serialisation filter is not asked. Here a class that exists and is not on the list is refused
 * with a {@link SecurityException}, because after a {@link ClassNotFoundException} Hazelcast would try the thread's loader.
 */
final class FencedClassLoader extends ClassLoader {
  /** Optional parts that Hazelcast looks for as it starts; interfaces of APIs, which cannot be instantiated. */
  private static final Set<String> PROBED = Set.of("javax.cache.Caching", "javax.cache.integration.CacheLoader");

  static {
    registerAsParallelCapable();
  }

  FencedClassLoader(ClassLoader parent) {
    super(parent);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    Class<?> found = super.loadClass(name, resolve);
    if (DecodableClasses.permits(name) || PROBED.contains(name)) {
      return found;
    }
    throw new SecurityException("The cluster port may not name the class " + name);
  }
}

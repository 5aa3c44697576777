package io.vestibule.systemtests.architecture;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The rules that only the source text shows. Each method returns what breaks its rule, one line for each; empty is good. */
final class SourceRules {
  private static final int MOST_LINES = 500;
  /** Written in two parts, so as not to be found itself. */
  private static final Pattern POSTPONED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b");

  private SourceRules() {}

  /** All Java files below a folder. */
  static List<Path> javaFiles(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> path.toString().endsWith(".java")).sorted().toList();
    }
  }

  /** No file is longer than 500 lines. */
  static List<String> tooLong(List<Path> files) throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path file : files) {
      int lines = Files.readAllLines(file).size();
      if (lines > MOST_LINES) {
        broken.add(file + " has " + lines + " lines");
      }
    }
    return broken;
  }

  /** Nothing is left for later. */
  static List<String> postponed(List<Path> files) throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (POSTPONED.matcher(lines.get(i)).find()) {
          broken.add(file + ":" + (i + 1) + " " + lines.get(i).strip());
        }
      }
    }
    return broken;
  }

  /** Every type that is declared public says what it is; those inside an interface, public without saying so, may leave that to it. */
  static List<String> undocumented(List<Path> files) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      JavacTask task = (JavacTask) compiler.getTask(null, manager, null, List.of(), null, manager.getJavaFileObjectsFromPaths(files));
      DocTrees docs = DocTrees.instance(task);
      List<String> broken = new ArrayList<>();
      for (CompilationUnitTree unit : task.parse()) {
        new PublicTypes(docs, unit, broken).scan(unit, null);
      }
      return broken;
    }
  }

  private static final class PublicTypes extends TreePathScanner<Void, Void> {
    private final DocTrees docs;
    private final CompilationUnitTree unit;
    private final List<String> broken;

    private PublicTypes(DocTrees docs, CompilationUnitTree unit, List<String> broken) {
      this.docs = docs;
      this.unit = unit;
      this.broken = broken;
    }

    @Override
    public Void visitClass(ClassTree type, Void nothing) {
      if (type.getModifiers().getFlags().contains(Modifier.PUBLIC) && docs.getDocComment(getCurrentPath()) == null) {
        long line = unit.getLineMap().getLineNumber(docs.getSourcePositions().getStartPosition(unit, type));
        broken.add(unit.getSourceFile().getName() + ":" + line + " " + type.getSimpleName() + " has no Javadoc");
      }
      return super.visitClass(type, nothing);
    }
  }
}

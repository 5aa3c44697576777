package io.vestibule.systemtests.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * One run of a file of tests under Node.js's own test runner.
 *
 * @param exitCode of the runner, 0 where nothing failed
 * @param cases every test in the order of the file; empty where the file did not come as far as its tests
 * @param output what the runner printed
 */
record NodeTestRun(int exitCode, List<Case> cases, String output) {

  /**
   * One test.
   *
   * @param name with the names of the suites that it is in
   * @param failure what the runner said of it, or null where it passed
   */
  record Case(String name, String failure) {}

  /**
   * Runs a file and waits for its end.
   *
   * @param folder where the file and its {@code node_modules} are
   * @param reports folder for the runner's report and output, made where it is not there
   * @throws IllegalStateException where the run took longer than {@code limit}; its processes are ended
   */
  static NodeTestRun of(Path folder, String file, Path reports, Duration limit) throws IOException, InterruptedException {
    Files.createDirectories(reports);
    Path report = reports.resolve(file + ".xml");
    Path output = reports.resolve(file + ".log");
    Files.deleteIfExists(report);
    Process process = new ProcessBuilder("node", "--test",
        "--test-reporter=spec", "--test-reporter-destination=stdout",
        "--test-reporter=junit", "--test-reporter-destination=" + report, file)
        .directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(file + " did not end within " + limit + "; it printed\n" + Files.readString(output));
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return new NodeTestRun(process.exitValue(), Files.exists(report) ? read(report) : List.of(), Files.readString(output));
  }

  private static List<Case> read(Path report) throws IOException {
    try {
      Element root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile()).getDocumentElement();
      List<Case> cases = new ArrayList<>();
      collect(root, "", cases);
      return cases;
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException("the report " + report + " cannot be read", e);
    }
  }

  private static void collect(Element parent, String suite, List<Case> cases) {
    NodeList children = parent.getChildNodes();
    for (int i = 0; i < children.getLength(); i++) {
      Node child = children.item(i);
      if (child instanceof Element element && element.getTagName().equals("testsuite")) {
        collect(element, suite + element.getAttribute("name") + ": ", cases);
      } else if (child instanceof Element element && element.getTagName().equals("testcase")) {
        NodeList failures = element.getElementsByTagName("failure");
        cases.add(new Case(suite + element.getAttribute("name"), failures.getLength() == 0 ? null : failures.item(0).getTextContent().strip()));
      }
    }
  }
}

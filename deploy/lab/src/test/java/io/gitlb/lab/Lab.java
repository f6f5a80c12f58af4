// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.demo.net.Segment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The network of one test, as an extension: `@RegisterExtension final Lab lab = new Lab();`. It is
/// empty at the start of each test and torn down at its end. The logs of a test that failed stay,
/// and their ends are printed; the others' are removed.
///
/// In a static field it is that of all tests of the class, until one fails: what they [#keep] is
/// laid out once, and anew after a failure.
final class Lab
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  private static final int TAIL_LINES = 40;

  private @Nullable Sandbox sandbox;
  private @Nullable Object kept;
  private Span span = Span.TEST;

  private enum Span {
    TEST,
    CLASS
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    span = Span.CLASS;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (sandbox != null) {
      return;
    }
    Sandbox.sweep();
    String test =
        context.getRequiredTestClass().getSimpleName()
            + "."
            + context.getRequiredTestMethod().getName();
    sandbox = Sandbox.open(Path.of(System.getProperty("gitlb.lab.artifacts", "target/lab"), test));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    boolean failed = context.getExecutionException().isPresent();
    if (failed || span == Span.TEST) {
      tearDown(failed);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (sandbox != null) {
      tearDown(false);
    }
  }

  private void tearDown(boolean failed) {
    Path logs = sandbox().logs();
    sandbox().close();
    sandbox = null;
    kept = null;
    try {
      if (failed) {
        System.out.println("The logs of this failed test are in " + logs);
        showTails(logs);
      } else {
        removeLogs(logs);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What owns everything in this lab.
  Sandbox sandbox() {
    return Objects.requireNonNull(sandbox, "a lab is there only while its test runs");
  }

  /// What the tests of a class lay out together: whichever comes first does it.
  ///
  /// @param type of it, one in a class
  <T> T keep(Class<T> type, Supplier<T> layOut) {
    if (kept == null) {
      kept = layOut.get();
    }
    return type.cast(kept);
  }

  /// A new host with loopback only.
  Host host(String name) {
    return sandbox().host(name);
  }

  /// A new, empty segment.
  Segment segment(String name) {
    return sandbox().segment(name);
  }

  private static void showTails(Path logs) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(logs, "*.log")) {
      for (Path file : files) {
        List<String> lines = Files.readAllLines(file);
        System.out.println("--- " + file.getFileName());
        lines
            .subList(Math.max(0, lines.size() - TAIL_LINES), lines.size())
            .forEach(System.out::println);
      }
    }
  }

  private static void removeLogs(Path logs) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(logs)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(logs);
  }
}

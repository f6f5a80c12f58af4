// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.stream.Collectors;

/// What another JVM needs to run a class of the tests.
final class ChildJava {

  private ChildJava() {}

  static String classPath() {
    return ChildJava.class.getClassLoader() instanceof URLClassLoader loader
        ? Arrays.stream(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(":"))
        : System.getProperty("java.class.path");
  }
}

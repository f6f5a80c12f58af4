// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

/// What Git access needs of the whole JVM.
public final class GitRuntime {

  private GitRuntime() {}

  /// To be called before the first HTTP client of any kind is made: the JDK reads once whether a
  /// proxy may be given a password for https.
  public static void prepare() {
    ProxyLogins.install();
    IsolatedSystemReader.install();
  }
}

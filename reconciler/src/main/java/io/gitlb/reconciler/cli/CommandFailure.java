// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

/// A command cannot do what it was asked for. The message is for the person who asked: what was
/// found, what to do.
final class CommandFailure extends Exception {

  private static final long serialVersionUID = 1L;

  CommandFailure(String message) {
    super(message);
  }
}

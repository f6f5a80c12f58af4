// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import java.time.Instant;
import java.util.Optional;

/// How a pass ended, and when to come again if nothing happens before.
public sealed interface Outcome {

  /// When to come again; empty when only a change can bring anything new.
  Optional<Instant> next();

  /// Everything is as it shall be.
  record Done(Optional<Instant> next) implements Outcome {}

  /// Something that comes by itself is not there yet.
  ///
  /// @param what it waits for, for people
  record Waiting(String what, Optional<Instant> next) implements Outcome {}

  /// Something failed and is tried again; everything else went on.
  record Failed(Failure cause, Optional<Instant> next) implements Outcome {}

  /// A person has to do something; everything else went on.
  record Stalled(Failure cause, Optional<Instant> next) implements Outcome {}
}

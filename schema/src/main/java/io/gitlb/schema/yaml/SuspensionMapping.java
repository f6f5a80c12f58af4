// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.Suspension;
import java.util.Optional;

/// Suspension.
final class SuspensionMapping {

  private SuspensionMapping() {}

  static Optional<Suspension> read(Document document) {
    Optional<String> reason = Reasons.read(document.spec(), "why everything stays as it is");
    return document.define(
        () ->
            new Suspension(document.name(), document.context().definition(), reason.orElseThrow()));
  }
}

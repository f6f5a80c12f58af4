// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

/// A Suspension: while it is defined, what definitions do and what is allocated stays as it is.
/// Withdrawals for health go on.
///
/// @param reason why, for people; one line
public record Suspension(String name, SourcePlace place, String reason) implements Definition {

  @Override
  public String documentName() {
    return name;
  }
}

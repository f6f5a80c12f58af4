// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.guard;

/// Something that a guard has to say to people, as long as it is so.
///
/// @param code permanent, `GLB7` and three digits
/// @param message one line: what was found, what is allowed, what to do
public record Notice(String code, String message) {}

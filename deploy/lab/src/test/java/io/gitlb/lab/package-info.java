// SPDX-License-Identifier: Apache-2.0
/// End-to-end tests: the programs of the distribution as real processes in network namespaces,
/// against real routers. They run strictly one after another, as failsafe tests named `*LabIT`.
///
/// A test takes a [Lab] as a registered extension, builds its hosts and segments from it and starts
/// programs on them; nothing that it makes outlives it. The logs of a failed test stay in
/// `target/lab/`.
@NullMarked
package io.gitlb.lab;

import org.jspecify.annotations.NullMarked;

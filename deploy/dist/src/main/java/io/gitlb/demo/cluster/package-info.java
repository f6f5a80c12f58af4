// SPDX-License-Identifier: Apache-2.0
/// The demo's user of the cluster: applies what an application developer would apply, and reads
/// what `kubectl` would show. The only package of the demo that imports fabric8.
@NullMarked
package io.gitlb.demo.cluster;

import org.jspecify.annotations.NullMarked;

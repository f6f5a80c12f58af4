// SPDX-License-Identifier: Apache-2.0
/// What protects live addresses from commits, empty lists and mistakes, and how a person lets go of
/// them. Pure.
@NullMarked
package io.gitlb.reconciler.guard;

import org.jspecify.annotations.NullMarked;

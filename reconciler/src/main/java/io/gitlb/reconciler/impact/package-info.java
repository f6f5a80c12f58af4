// SPDX-License-Identifier: Apache-2.0
/// What a change of the definitions does to live Services: one plan before, one after, and the
/// difference in words that people and machines can act on. Pure. `gitlb plan`, change windows and
/// the mass guard ask the same question and get the same answer.
@NullMarked
package io.gitlb.reconciler.impact;

import org.jspecify.annotations.NullMarked;

/* What the files of CliOptions share. */
#pragma once

#include "app/cli/options.h"

/* Another name for a method with one of its settings. */
typedef struct {
  const char *id; /* NULL ends the list */
  const char *method;
  const char *key;
  const char *value;
  const char *summary;
} CliAlias;

extern const CliAlias cli_aliases[];

struct _CliOptions {
  gboolean appearance;
  GPtrArray *texts;  /* what the option entries point to */
  GHashTable *given; /* key -> what was typed */
  char *method_name;
  char *target;
  char *versus;
  char *output_kind;
  char *noise_file;
  char *convention;
  char *like;
  int threads;
  gboolean exact;
  int batch;

  const SalMethod *method;
  SalSettings *settings;
  SalRecipe *recipe;
  SalOutputKind kind;
  SalTensor *baseline;
  SalTensor *noise;
  GHashTable *arrays; /* key -> SalTensor */
};

/**
 * A menu with "Sync now" for one spreadsheet: it asks the cloud function to bring this spreadsheet up to today.
 * Paste both files into Extensions > Apps Script of the spreadsheet; cloud_function/addon/README.md says the rest.
 *
 * @OnlyCurrentDoc
 */

/** The address of the function `sync`. The same address goes into urlFetchWhitelist of appsscript.json. */
const SYNC_URL = 'https://YOUR-FUNCTION.example/sync';

/* ── words: out of sheets_sync/locales, by python -m tests.addon.script_words ── */
const WORDS = {
  pt: {
    menu: "Tarefas da loja",
    sync: "Sincronizar agora",
    working: "Atualizando… pode levar um minuto.",
    done: "Atualizado.",
    nothing: "Já estava tudo em dia",
    slow: "Está demorando mais que o normal e continua sozinho: olhe de novo daqui a alguns minutos.",
    refused: "Esta planilha não está na lista, ou você não pode iniciar a atualização. Fale com quem instalou isto.",
    failed: "Não deu certo. Tente de novo daqui a alguns minutos.",
  },
  es: {
    menu: "Tareas de la tienda",
    sync: "Sincronizar ahora",
    working: "Actualizando… puede tardar un minuto.",
    done: "Actualizado.",
    nothing: "Todo estaba al día",
    slow: "Tarda más de lo normal y sigue solo: mire de nuevo dentro de unos minutos.",
    refused: "Esta hoja de cálculo no está en la lista, o usted no puede iniciar la actualización. Hable con quien instaló esto.",
    failed: "No ha funcionado. Inténtelo de nuevo dentro de unos minutos.",
  },
  nl: {
    menu: "Winkeltaken",
    sync: "Nu bijwerken",
    working: "Bijwerken… dit kan een minuut duren.",
    done: "Bijgewerkt.",
    nothing: "Alles was al bij",
    slow: "Het duurt langer dan normaal en gaat vanzelf door: kijk over een paar minuten opnieuw.",
    refused: "Deze spreadsheet staat niet op de lijst, of je mag het bijwerken niet starten. Vraag het wie dit heeft ingericht.",
    failed: "Dat lukte niet. Probeer het over een paar minuten opnieuw.",
  },
  en: {
    menu: "Shop tasks",
    sync: "Sync now",
    working: "Updating… this can take a minute.",
    done: "Updated.",
    nothing: "Everything was up to date",
    slow: "It takes longer than usual and goes on by itself: look again in a few minutes.",
    refused: "This spreadsheet is not on the list, or you may not start the update. Ask whoever set this up.",
    failed: "That did not work. Try again in a few minutes.",
  },
};
/* ── end of words ── */

function onOpen() {
  const words = words_();
  SpreadsheetApp.getUi().createMenu(words.menu).addItem(words.sync, 'syncNow').addToUi();
}

function syncNow() {
  const words = words_();
  const spreadsheet = SpreadsheetApp.getActiveSpreadsheet();
  spreadsheet.toast(words.working, words.menu, -1);
  spreadsheet.toast(said_(ask_(spreadsheet.getId()), words), words.menu, 15);
}

/** The id that the function's Cloud Run service must take as a custom audience: run it once from the editor. */
function logClientId() {
  const body = ScriptApp.getIdentityToken().split('.')[1];
  const claims = JSON.parse(Utilities.newBlob(Utilities.base64DecodeWebSafe(body)).getDataAsString());
  Logger.log(claims.aud);
}

/** The function's status and JSON; status 0 where it did not answer in time. */
function ask_(spreadsheetId) {
  try {
    const answer = UrlFetchApp.fetch(SYNC_URL, {
      method: 'post',
      contentType: 'application/json',
      headers: { Authorization: 'Bearer ' + ScriptApp.getIdentityToken() },
      payload: JSON.stringify({ workbook: spreadsheetId }),
      muteHttpExceptions: true,
    });
    const text = answer.getContentText();
    return { status: answer.getResponseCode(), body: text.charAt(0) === '{' ? JSON.parse(text) : {} };
  } catch (error) {
    return { status: 0, body: {} };
  }
}

/** One sentence about an answer. */
function said_(answer, words) {
  const problem = (answer.body.problems || []).filter((one) => one.severity === 'error')[0];
  if (answer.status === 200) return answer.body.outcome === 'nothing' ? words.nothing : words.done;
  if (answer.status === 409 && problem) return problem.message;
  if (answer.status === 401 || answer.status === 403 || answer.status === 404) return words.refused;
  return answer.status === 0 ? words.slow : words.failed;
}

/** The words of the person's language, else of the spreadsheet's, else English. */
function words_() {
  const locales = [Session.getActiveUserLocale(), SpreadsheetApp.getActiveSpreadsheet().getSpreadsheetLocale()];
  const known = locales.map((locale) => String(locale || '').slice(0, 2).toLowerCase()).filter((two) => two in WORDS);
  return WORDS[known[0] || 'en'];
}
